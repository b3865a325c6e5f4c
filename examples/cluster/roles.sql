-- Who may do what in the database: psql -d postgres -f roles.sql, once, as a superuser, and then \password tac8_writer and \password tac8_reader.
-- Then: createdb tac8 --owner tac8_owner --encoding UTF8
--       psql -d tac8 -c 'SET ROLE tac8_owner' -f sql/postgresql/0001-five-tables.sql -f examples/cluster/grants.sql
-- With a later tac8, the files of sql/postgresql with a new number before it is started anywhere, and grants.sql once more.
CREATE ROLE tac8_owner NOLOGIN;
CREATE ROLE tac8_writer LOGIN;
CREATE ROLE tac8_reader LOGIN;
