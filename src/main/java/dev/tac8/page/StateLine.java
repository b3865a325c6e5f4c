package dev.tac8.page;

import dev.tac8.generation.InForce;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.status.Condition;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How everything is, in one line, which says what is wrong in words. */
final class StateLine {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);
    /** As health has it. */
    private static final Duration MOST_LAG = Duration.ofMinutes(5);

    private final Condition seen;
    private final ZoneId zone;
    private final List<String> missing;
    private final List<Overview.State> states = new ArrayList<>();

    private StateLine(Condition seen, ZoneId zone, List<String> missing) {
        this.seen = seen;
        this.zone = zone;
        this.missing = missing;
    }

    /**
     * What was seen, in words.
     *
     * @param missing what the page says below it, and this does not say again
     */
    static List<Overview.State> of(Condition seen, ZoneId zone, List<String> missing) {
        StateLine line = new StateLine(seen, zone, missing);
        line.addService();
        line.addStores();
        line.addSpool();
        line.addArchive();
        line.addGeneration();
        return line.states;
    }

    private void add(String name, String words, boolean isTrouble, String link) {
        states.add(new Overview.State(name, words, isTrouble, link));
    }

    private boolean isSaid(String reason) {
        return missing.stream().anyMatch(sentence -> sentence.contains(reason));
    }

    private void addService() {
        String words = seen.spoolReason() == null ? Words.service(seen.holder(), seen.said(), seen.at()) : "not known, as it would hold the spool";
        boolean isWell = seen.spoolReason() == null && seen.holder() != 0 && !words.contains(", but");
        if (!isWell) {
            add("Service", words, true, "/stores");
        }
    }

    private void addStores() {
        ServiceStatus said = seen.said();
        boolean hasBreaker = said != null && said.breaker() != null;
        boolean isOpen = hasBreaker && !said.breaker().equals("closed");
        StoreView.Seen external = seen.external();
        StoreView.Seen local = seen.local();
        boolean isAway = seen.hasStores() && external.reason() != null && !external.untouched() && !external.available();
        if (isAway || isOpen) {
            add("External store", (isAway ? "away" : "not written to") + (isOpen ? " since " + time(said.breakerSince()) : "") + (hasBreaker ? ": the local store takes everything" : "")
                    + (isAway && !isSaid(external.reason()) ? " (" + external.reason() + ")" : ""), true, "/stores");
        } else if (seen.hasStores()) {
            add("Store", external.untouched() ? "not begun yet" : "external, " + (external.bytes() == null ? "there" : Words.size(external.bytes())), false, "/stores");
        }
        if (seen.replica() != null) {
            boolean isOld = seen.replica().follows() && seen.replica().isOld(seen.at());
            add("Replica", seen.replica().inWords(seen.at()), isOld, "/stores");
        }
        if (local.reason() != null && !local.untouched() && !local.available()) {
            add("Local store", isSaid(local.reason()) ? "cannot be read" : local.reason(), true, "/stores");
        }
        if (hasBreaker) {
            add("Breaker", said.breaker() + " since " + time(said.breakerSince()), isOpen, "/stores");
        }
        if (said != null && seen.hasStores() && said.stuckSince() != null) {
            add("Stuck", Words.stuck(said, seen.at()), true, "/stores");
        }
        Long backlog = local.backlog();
        if (backlog != null && backlog > 0) {
            add("On the way home", Words.count(backlog, "row") + " in the local store", false, "/stores");
        }
        for (StoreView.Seen store : seen.stores()) {
            if (!store.damaged().isEmpty()) {
                add("Damaged", Words.count(store.damaged().size(), "database") + " of the " + store.name() + " store set aside", true, "/stores");
            }
        }
    }

    private void addSpool() {
        if (seen.spoolReason() != null) {
            add("Spool", seen.spoolReason(), true, "/stores");
            return;
        }
        Duration lag = seen.oldest() == null ? Duration.ZERO : Words.age(seen.oldest(), seen.at());
        add("Spool", seen.waitingFiles() == 0 ? "nothing waits" : Words.count(seen.waitingFiles(), "file") + (seen.waitingFiles() == 1 ? " waits" : " wait") + ", the oldest for "
                + Words.length(lag), lag.compareTo(MOST_LAG) >= 0, "/stores");
        add("Quarantine", seen.quarantine().files() == 0 ? "empty" : Words.count(seen.quarantine().lines(), "line") + " in " + Words.count(seen.quarantine().files(), "file"), false,
                "/quarantine");
    }

    private void addArchive() {
        StoreView.Report last = seen.last("archive");
        add("Archive", last == null ? "no run on record" : "last run " + Words.length(Words.age(Instant.parse(last.time()), seen.at())) + " ago", false, "/archive");
    }

    private void addGeneration() {
        InForce.State generation = seen.said() == null ? null : seen.said().generation();
        if (generation == null) {
            return;
        }
        if (generation.number() > 0) {
            add("Generation", generation.number() + (generation.since() == null ? "" : ", since " + time(generation.since())), false, "/stores");
        }
        if (generation.refused() != null) {
            add("Edit refused", generation.refused(), true, "/stores");
        }
    }

    private String time(Instant time) {
        boolean isToday = seen.at().atZone(zone).toLocalDate().equals(time.atZone(zone).toLocalDate());
        return (isToday ? TIME : DAY).format(time.atZone(zone));
    }
}
