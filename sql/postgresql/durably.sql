-- Has each commit wait for the disk, where somebody has switched that off for the user or the database: what is acknowledged is stored.
-- Parameters: none. Used by: the connection to PostgreSQL, when it is opened.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
