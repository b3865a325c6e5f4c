package dev.tac8.history;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/** A session of an agent, as one file tells of it: complete when all of the file is read. */
final class Session {
    private static final int MOST_BRANCHES = 10;

    private final String agent;
    private final String id;
    private String version;
    private Instant since;
    private long first = Long.MAX_VALUE;
    private long own = Long.MAX_VALUE;
    private boolean isOwnNext;
    private String firstCall;
    private final Set<String> branches = new TreeSet<>();
    private long last = Long.MIN_VALUE;

    Session(String agent, String id) {
        this.agent = agent;
        this.id = id;
    }

    /** A word such as {@code claude}. */
    String agent() {
        return agent;
    }

    /** The agent's own name for it. */
    String id() {
        return id;
    }

    /** Its name among those of all agents. */
    String name() {
        return agent + ":" + id;
    }

    /** The agent's version, or null. */
    String version() {
        return version;
    }

    void version(String told) {
        version = told == null ? version : told;
    }

    /**
     * Takes a line.
     *
     * @param time  when it was written, or null
     * @param isOwn  whether it is of a kind that is never copied from another session
     */
    void hear(Instant time, boolean isOwn) {
        isOwnNext |= isOwn && own == Long.MAX_VALUE;
        if (time != null) {
            long millis = time.toEpochMilli();
            own = isOwnNext ? millis : own;
            isOwnNext = false;
            first = Math.min(first, millis);
            last = Math.max(last, millis);
        }
    }

    /**
     * Takes the end of the file. Its own lines begin at the first line that is never copied, or else at the first of all.
     *
     * @param modified when the file was, if no line has a time
     */
    void end(Instant modified) {
        long begin = own != Long.MAX_VALUE ? own : isOwnNext ? last : first;
        since = begin == Long.MAX_VALUE || begin == Long.MIN_VALUE ? modified : Instant.ofEpochMilli(begin);
    }

    /** Takes the name of a branch on which it has worked, or null. */
    void branch(String branch) {
        if (branch != null && branches.size() < MOST_BRANCHES) {
            branches.add(branch);
        }
    }

    /** The branches on which it has worked, at least the first of them. */
    Set<String> branches() {
        return branches;
    }

    /** Takes the id of a call. */
    void call(String call) {
        firstCall = firstCall == null ? call : firstCall;
    }

    /** Its first call, or null: a fork begins with its parent's. */
    String firstCall() {
        return firstCall;
    }

    /** When its own lines begin: a copy of it begins later, and what both hold is this one's. */
    Instant since() {
        return since;
    }

    /** Whether what two sessions hold is this one's. */
    boolean owns(Session other) {
        int order = since.compareTo(other.since);
        return order < 0 || order == 0 && id.compareTo(other.id) >= 0;
    }
}
