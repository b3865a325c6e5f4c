-- Run in the database by its owner. Writers add and complete, and neither make nor delete anything that stays; readers read.
REVOKE ALL ON DATABASE tac8 FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tac8_writer, tac8_reader;
-- A writer copies its records beside the tables before it joins them.
GRANT CONNECT, TEMPORARY ON DATABASE tac8 TO tac8_writer;
GRANT SELECT, INSERT, UPDATE ON sessions, tasks, workers, events, api_calls TO tac8_writer;
GRANT SELECT ON tac8_schema TO tac8_writer;
GRANT CONNECT ON DATABASE tac8 TO tac8_reader;
GRANT SELECT ON sessions, tasks, workers, events, api_calls, tac8_schema TO tac8_reader;
