"""The tool that the first design imagined for questions, as short as it can be: argparse, sqlite3, one sum.

    question.py DATABASE cost --day 2026-11-22             the first design's query, word for word but for the day
    question.py DATABASE cost --day 2026-11-22 --range     the same day as a range, which can use the index
"""
import argparse
import datetime
import sqlite3

parser = argparse.ArgumentParser()
parser.add_argument("database")
commands = parser.add_subparsers(dest="command", required=True)
cost = commands.add_parser("cost")
cost.add_argument("--day", required=True)
cost.add_argument("--range", action="store_true")
arguments = parser.parse_args()

connection = sqlite3.connect(arguments.database)
if arguments.range:
    end = datetime.date.fromisoformat(arguments.day) + datetime.timedelta(days=1)
    rows = connection.execute("SELECT SUM(estimated_cost_usd) FROM api_calls WHERE timestamp >= ? AND timestamp < ?",
                              (arguments.day, end.isoformat()))
else:
    rows = connection.execute("SELECT SUM(estimated_cost_usd) FROM api_calls WHERE date(timestamp) = ?", (arguments.day,))
print(f"{rows.fetchone()[0] or 0:.4f}")
