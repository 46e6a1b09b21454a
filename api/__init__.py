"""The same services and readings as the pages, for programs: see docs/adr/0043-api.md."""
