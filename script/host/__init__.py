"""What a machine needs to run the addon: Odoo, PostgreSQL, processes, RPC."""
