#!/usr/bin/env bash
# Turso's engine reads a SQLite file beside a hot journal as it lies there: half of a transaction that never committed.
#
# Package:   npm @tursodatabase/database 0.7.2 (with @tursodatabase/database-linux-x64-gnu of the same); the file is made by Python's sqlite3
# Expected:  every engine for this file format first rolls the journal of a killed writer back, or refuses to read (section 3 of the file
#            format: a hot journal "must be rolled back before the database can be used").
# Seen:      1,000 rows of x = 1, then a writer is killed while it sets all of them to 2. Turso counts both 1 and 2, read-only or not,
#            with no error; SQLite then counts 1,000 rows of 1.
# Matters:   sums over a store whose writer was killed, or over a copy of one, are wrong without a word in one engine and right in the
#            other. A copy of a database without its -journal is broken for both.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --prefix "$work" @tursodatabase/database@0.7.2 @tursodatabase/database-linux-x64-gnu@0.7.2
cat >killed_writer.py <<'PYTHON'
import os, sqlite3

c = sqlite3.connect("a.db", isolation_level=None)
c.execute("PRAGMA journal_mode = TRUNCATE")
c.execute("CREATE TABLE t(x, padding)")
c.execute("BEGIN")
c.executemany("INSERT INTO t VALUES (1, ?)", [("a" * 500,)] * 1000)
c.execute("COMMIT")
c.execute("PRAGMA cache_size = 5")
c.execute("BEGIN IMMEDIATE")
c.execute("UPDATE t SET x = 2")
os._exit(0)
PYTHON
cat >turso.mjs <<'JS'
import { connect } from '@tursodatabase/database';
const database = await connect('a.db', { readonly: true });
const rows = await (await database.prepare('SELECT x, count(*) AS n FROM t GROUP BY x ORDER BY x')).all();
console.log('turso: values ' + rows.map(row => row.x) + ', rows ' + rows.reduce((sum, row) => sum + row.n, 0));
await database.close();
JS
python3 killed_writer.py
{
    node turso.mjs
    python3 -c 'import sqlite3; rows = sqlite3.connect("a.db").execute("SELECT x, count(*) FROM t GROUP BY x").fetchall(); print("sqlite: values " + ",".join(str(x) for x, _ in rows) + ", rows " + str(sum(n for _, n in rows)))'
} | tee seen
diff seen - <<'SEEN'
turso: values 1,2, rows 1000
sqlite: values 1, rows 1000
SEEN
echo "as stated"
