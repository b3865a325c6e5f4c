package dev.tac8.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.status.Condition;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.text.Pager;
import dev.tac8.text.Printable;
import dev.tac8.text.Text;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tac8 status}: how everything is. */
@Command(name = "status", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows how the service, both stores, the spool and the quarantine are. Changes nothing, and waits for no disk"
                + " that hangs.",
        footer = {"", "Exit codes: 4 a store or the spool cannot be read, a replica is old, a topic cannot be used, a damaged database was set aside, or an edit is refused,"
                    + " 3 neither store can be read.", "", "Examples:", "  ./tac8 status", "  ./tac8 status --json%n"})
final class StatusCommand extends Doing {
    private static final JsonMapper JSON = new JsonMapper();
    /** What the service reports of itself, in events of session tac8. */
    private static final List<String> REPORTS = List.of("failback", "archive");
    private static final int HANGING = 12;
    /** Where a command begins at the end of a sentence. */
    private static final String COMMAND = ": examples/";
    /** Of such as {@code 2026-12-01T03:16:24Z, 11 days ago}, and two blanks. */
    private static final int TIME_COLUMNS = 35;

    @Option(names = "--json", description = "Prints one JSON object; docs/operating.md says what its fields mean.")
    private boolean json;

    private Condition seen;
    private Instant now;

    @Override
    public Integer call() throws Exception {
        seen = Condition.begin(settings()).await();
        now = seen.at();
        PrintWriter out = out();
        if (json) {
            out.println(JSON.writeValueAsString(toJson()));
        } else {
            print(out, this::print);
        }
        out.flush();
        return !seen.external().available() && !seen.local().available() ? ExitCode.UNAVAILABLE : ReadOptions.code(ExitCode.DONE, seen.missing());
    }

    /** Prints lines that begin with a name, wrapped to the width of the terminal. */
    static void print(PrintWriter out, Consumer<PrintWriter> lines) {
        StringWriter text = new StringWriter();
        lines.accept(new PrintWriter(text));
        int width = width();
        text.toString().lines().forEach(line -> Text.wrap(line, width, HANGING, out::println));
    }

    /** The columns of the terminal; 0 if there is none. */
    private static int width() {
        return Pager.isTerminal() ? Integer.getInteger("tac8.columns", 0) : 0;
    }

    /** Whether a time, and how long ago that is, does not stand beside so many columns. */
    private static boolean isNarrow(int columns) {
        return width() > 0 && columns + TIME_COLUMNS > width();
    }

    private ObjectNode toJson() {
        ObjectNode all = JSON.createObjectNode().put("at", Words.time(now));
        all.putObject("service").put("running", seen.spoolReason() == null ? seen.holder() != 0 : null).put("pid", seen.holder() > 0 ? seen.holder() : null)
                .put("reported_at", seen.said() == null ? null : Words.time(seen.said().at()));
        if (seen.hasStores()) {
            all.putNull("breaker");
            all.putNull("stuck");
        }
        all.set("generation", seen.said() == null ? null : JSON.valueToTree(seen.said().generation().toMap()));
        if (seen.broker() != null) {
            all.put("broker", seen.broker());
        }
        if (seen.said() != null && seen.said().held() != null) {
            all.putObject("held").put("since", Words.time(seen.said().held().since())).put("reason", seen.said().held().reason());
        }
        if (seen.said() != null && seen.hasStores()) {
            if (seen.said().breaker() != null) {
                all.putObject("breaker").put("state", seen.said().breaker()).put("since", Words.time(seen.said().breakerSince()));
            }
            if (seen.said().stuckSince() != null) {
                all.putObject("stuck").put("what", "external store").put("since", Words.time(seen.said().stuckSince()))
                        .put("seconds", Words.age(seen.said().stuckSince(), now).toSeconds());
            }
        }
        ObjectNode stores = all.putObject("stores");
        seen.stores().forEach(store -> addTo(stores, store));
        all.put("backlog_rows", seen.local().backlog());
        all.putObject("spool").put("dir", seen.spool().dir().toString()).put("reason", seen.spoolReason())
                .put("waiting_files", seen.spoolReason() == null ? seen.waitingFiles() : null)
                .put("oldest_since", seen.oldest() == null ? null : Words.time(seen.oldest()))
                .put("oldest_seconds", seen.oldest() == null ? null : Words.age(seen.oldest(), now).toSeconds());
        all.putObject("quarantine").put("files", seen.spoolReason() == null ? seen.quarantine().files() : null)
                .put("lines", seen.spoolReason() == null ? seen.quarantine().lines() : null);
        for (String kind : REPORTS) {
            StoreView.Report last = seen.last(kind);
            all.putNull("last_" + kind);
            if (last != null) {
                all.putObject("last_" + kind).put("time", last.time()).put("message", last.message());
            }
        }
        if (seen.replica() != null) {
            ObjectNode replica = all.putObject("replica").put("of", seen.replica().of()).put("as_of", seen.replica().asOf() == null ? null : Words.time(seen.replica().asOf()));
            if (seen.replica().asOf() != null) {
                replica.put("behind_seconds", seen.replica().behind(now).toMillis() / 1e3);
            }
            replica.put("reason", seen.replica().reason());
        }
        seen.missing().forEach(all.putArray("missing")::add);
        return all;
    }

    private static void addTo(ObjectNode stores, StoreView.Seen store) {
        ObjectNode one = stores.putObject(store.name()).put("file", store.place()).put("available", store.available())
                .put("reason", store.reason()).put("bytes", store.bytes())
                .put("last_write", store.lastWrite() == null ? null : Words.time(store.lastWrite()));
        one.putNull("rows");
        if (store.rows() != null) {
            ObjectNode rows = one.putObject("rows");
            store.rows().forEach(rows::put);
        }
        List<Path> damaged = store.damaged();
        one.putObject("damaged").put("count", damaged.size())
                .put("newest", damaged.isEmpty() ? null : damaged.get(damaged.size() - 1).toString());
    }

    private void print(PrintWriter out) {
        print(out, seen.spoolReason() == null ? Words.service(seen.holder(), seen.said(), now) : "not known, as it would hold the spool", seen.said(), seen.broker(), seen.hasStores(), now);
        out.println();
        printStores(out);
        out.println();
        if (seen.replica() != null) {
            out.println("replica     " + Printable.of(seen.replica().inWords(now)));
        }
        out.println("backlog     " + Words.backlog(seen.local()));
        out.println("waiting     " + (seen.spoolReason() != null ? "not known: " + Printable.of(seen.spoolReason()) : seen.waitingFiles() == 0 ? "nothing" : Words.count(seen.waitingFiles(), "file") + " in the spool, the oldest for "
                + Words.length(Words.age(seen.oldest(), now))));
        out.println("quarantine  " + (seen.spoolReason() != null ? "not known" : seen.quarantine().files() == 0 ? "nothing" : Words.count(seen.quarantine().lines(), "line") + " in "
                + Words.count(seen.quarantine().files(), "file") + "; ./tac8 quarantine list says why"));
        for (String kind : REPORTS) {
            StoreView.Report last = seen.last(kind);
            // One that is itself in the archive is not looked for.
            out.println(String.format("%-11s ", kind) + (last == null ? "none on record" : Words.ago(Instant.parse(last.time()), now) + ". "
                    + Printable.of(last.message())));
        }
        printDamaged(out);
    }

    /**
     * Prints what a service says of itself.
     *
     * @param said      null if it says nothing
     * @param broker    how the broker is that it uses, or null
     * @param hasStores whether what it reads is stored here
     */
    static void print(PrintWriter out, String service, ServiceStatus said, String broker, boolean hasStores, Instant now) {
        out.println("service     " + service);
        if (broker != null) {
            // What is to be copied into a shell stays whole.
            out.println("broker      " + Printable.of(broker).replace(COMMAND, ":\n" + " ".repeat(HANGING) + COMMAND.substring(2)));
        }
        if (said != null) {
            if (said.breaker() != null) {
                out.println("breaker     " + Words.breaker(said, now));
            }
            if (said.held() != null && (broker == null || !broker.contains(said.held().reason()))) {
                out.println("held        " + Printable.of(Words.held(said, now)));
            }
            if (hasStores) {
                out.println("stuck       " + Words.stuck(said, now));
            }
            print(out, said.generation(), said.generation().since() == null ? "" : Words.ago(said.generation().since(), now));
        }
    }

    /** Prints what is in force and what is refused. */
    static void print(PrintWriter out, InForce.State generation, String since) {
        if (generation.number() > 0) {
            out.println("generation  " + generation.number() + ", since " + since
                    + (generation.changed().isEmpty() ? "" : " (" + Words.files(generation.changed()) + ")"));
        }
        if (generation.refused() != null) {
            out.println("refused     " + Printable.of(generation.refused()));
        }
        if (generation.waits() != null) {
            out.println("waits       " + Printable.of(generation.waits()));
        }
        if (!generation.nextStart().isEmpty()) {
            out.println("next start  takes " + Words.files(generation.nextStart()));
        }
    }

    private void printDamaged(PrintWriter out) {
        if (seen.stores().stream().allMatch(store -> store.damaged().isEmpty())) {
            out.println("damaged     nothing");
        }
        for (StoreView.Seen store : seen.stores()) {
            List<Path> damaged = store.damaged();
            if (!damaged.isEmpty()) {
                out.println("damaged     " + Words.count(damaged.size(), "database") + " set aside, the newest is "
                        + damaged.get(damaged.size() - 1));
            }
        }
    }

    private void printStores(PrintWriter out) {
        List<StoreView.Seen> stores = seen.stores();
        List<StoreView.Seen> counted = stores.stream().filter(store -> store.rows() != null).toList();
        if (!counted.isEmpty()) {
            StringBuilder head = new StringBuilder("store     ");
            counted.get(0).rows().keySet().forEach(table -> head.append(right(table, width(counted, table))));
            out.println(head + right("size", 12) + "  last write");
            for (StoreView.Seen store : counted) {
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-10s", store.name()));
                store.rows().forEach((table, rows) -> line.append(right(Tac8.count(rows), width(counted, table))));
                line.append(right(Words.size(store.bytes()), 12));
                out.println(store.lastWrite() == null ? line : line + "  " + (isNarrow(line.length()) ? Words.length(Words.age(store.lastWrite(), now)) + " ago" : Words.ago(store.lastWrite(), now)));
            }
        }
        for (StoreView.Seen store : stores) {
            if (store.rows() == null) {
                out.println(String.format(Locale.ROOT, "%-10s  ", store.name()) + (store.bytes() == null ? ""
                        : Words.size(store.bytes()) + (store.lastWrite() == null ? "; " : ", written " + Words.ago(store.lastWrite(), now) + "; ")) + Printable.of(store.reason()));
            }
        }
    }

    private static int width(List<StoreView.Seen> stores, String table) {
        return 2 + stores.stream().mapToInt(store -> Tac8.count(store.rows().get(table)).length())
                .reduce(table.length(), Math::max);
    }

    static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
