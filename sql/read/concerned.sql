-- Keeps whom a question is about. What one of concerned-*.sql finds does not depend on what it finds in another store.
-- $found is what that finds in several stores. Parameters: its own.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
INSERT OR IGNORE INTO temp.concerned (kind, id)
SELECT * FROM $found
