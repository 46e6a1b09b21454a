"""The shape of what admins and invited people type. Who may do it is decided by the services."""
