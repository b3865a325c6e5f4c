#!/usr/bin/env bash
# To read a SQLite file with Turso's engine, as it is by default, turns the file to WAL for good.
#
# Package:   npm @tursodatabase/database 0.7.2 (with @tursodatabase/database-linux-x64-gnu of the same); the file is made by Python's sqlite3
# Expected:  a program that only runs a SELECT leaves the file as it is; whoever writes to it chose its journal mode.
# Seen:      before: bytes 18 and 19 of the file, its write and read version, are 1 1 (rollback journal). After connect() and one SELECT:
#            2 2 (WAL), and an empty -wal file lies beside it. With {readonly: true} the file stays as it was.
#            npm @libsql/client 0.18.0, by the same people, leaves it as it is.
# Matters:   a store that has to survive a disk that is pulled out must not be in WAL (the -shm file is mapped, and the process that has it
#            mapped dies), and WAL does not work on network and FAT file systems. An analyst's look must not decide that.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --prefix "$work" @tursodatabase/database@0.7.2 @tursodatabase/database-linux-x64-gnu@0.7.2 @libsql/client@0.18.0
make() {
    rm -f a.db*
    python3 -c 'import sqlite3; c = sqlite3.connect("a.db"); c.execute("PRAGMA journal_mode = TRUNCATE"); c.execute("CREATE TABLE t(x)"); c.execute("INSERT INTO t VALUES (1)"); c.commit()'
}
versions() {
    echo "$1: $(od -An -j 18 -N 2 -t u1 a.db | tr -s ' ') -wal $([ -e a.db-wal ] && echo yes || echo no)"
}
cat >turso.mjs <<'JS'
import { connect } from '@tursodatabase/database';
const database = await connect('a.db', { readonly: process.argv[2] === 'readonly' });
await (await database.prepare('SELECT x FROM t')).all();
await database.close();
JS
cat >libsql.mjs <<'JS'
import { createClient } from '@libsql/client';
const database = createClient({ url: 'file:a.db' });
await database.execute('SELECT x FROM t');
database.close();
JS
{
    make; versions before
    node turso.mjs readonly; versions turso-readonly
    node libsql.mjs; versions libsql
    node turso.mjs; versions turso
} | tee seen
diff seen - <<'SEEN'
before:  1 1 -wal no
turso-readonly:  1 1 -wal no
libsql:  1 1 -wal no
turso:  2 2 -wal yes
SEEN
echo "as stated"
