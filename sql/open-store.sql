-- Settings of a connection to a store that the driver does not offer. The file may lie on a disk that people carry around.
-- Used by: the check that opens a store.
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA mmap_size = 0;
