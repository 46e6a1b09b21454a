"""Backups of a portal: database, files and keys, encrypted to officers' public keys; docs/backup.md.

No tables and no pages: `manage.py backup` and `manage.py restore` call what is here. `officer.py` stands by itself,
for an officer who has only Python and pyrage.
"""
