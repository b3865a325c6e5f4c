package dev.tac8.page;

import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What past days cost, some days at a time, each kept for as long as the stores are as they were. Where so much is stored that to add it up again takes long, that is not
 * done for each record that is stored today: whoever is given what was added up before is told of when it is.
 */
final class PastDays {
    /** Few enough that no writer waits for long while they are added up. */
    private static final int DAYS_AT_ONCE = 10;
    /** Of three time zones. */
    private static final int MOST = 36;
    /** What takes less processor time is done again whenever something has changed. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** What takes more, at most one part in so many of the time. */
    private static final long SHARE = 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final long longNanos;
    private final long share;

    private final Map<List<?>, Some> kept = new LinkedHashMap<>(MOST, 1, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<?>, Some> eldest) {
            return size() > MOST;
        }
    };

    PastDays() {
        this(LONG_NANOS, SHARE);
    }

    /**
     * @param longNanos the processor time up to which they are added up again whenever something has changed
     * @param share     of all time, they are added up for one part in so many if they take longer
     */
    PastDays(long longNanos, long share) {
        this.longNanos = longNanos;
        this.share = share;
    }

    /** What some days cost as the stores were in a state, and what it took to find out. */
    private record Some(String state, Instant asOf, Spending spending, long tookNanos, long atNanos) {
    }

    /**
     * What days cost.
     *
     * @param asOf null if it is so now
     */
    record Found(Spending spending, Instant asOf) {
    }

    /**
     * Adds up, or says what was added up before. Those who ask meanwhile wait.
     *
     * @param state of the stores now; null if it is not known
     */
    synchronized Found ask(Settings settings, String state, SortedSet<LocalDate> days, ZoneId zone) throws StoreException {
        Map<List<?>, SortedSet<LocalDate>> all = new LinkedHashMap<>();
        Map<Long, SortedSet<LocalDate>> together = new TreeMap<>();
        days.forEach(day -> together.computeIfAbsent(Math.floorDiv(day.toEpochDay(), DAYS_AT_ONCE), any -> new TreeSet<>()).add(day));
        together.values().forEach(some -> all.put(List.of(some, zone, settings), some));
        boolean isDue = isDue(all.keySet().stream().filter(kept::containsKey).map(kept::get).toList());
        Instant asOf = null;
        List<Spending> found = new ArrayList<>();
        for (Map.Entry<List<?>, SortedSet<LocalDate>> one : all.entrySet()) {
            Some some = kept.get(one.getKey());
            if (some == null || isDue && !some.state().equals(state)) {
                some = add(settings, one.getValue(), zone);
                kept.put(one.getKey(), some);
            } else if (!some.state().equals(state)) {
                asOf = asOf == null || some.asOf().isBefore(asOf) ? some.asOf() : asOf;
            }
            found.add(some.spending());
        }
        return new Found(Spending.together(found), asOf);
    }

    private boolean isDue(List<Some> before) {
        long took = before.stream().mapToLong(Some::tookNanos).sum();
        long age = before.stream().mapToLong(some -> System.nanoTime() - some.atNanos()).min().orElse(Long.MAX_VALUE);
        return took < longNanos || age / Math.max(1, took) >= share;
    }

    private static Some add(Settings settings, SortedSet<LocalDate> days, ZoneId zone) throws StoreException {
        long began = THREADS.getCurrentThreadCpuTime();
        return Stores.use(settings, Spending.reach(days, zone), stores -> {
            String state = String.valueOf(stores.state());
            Instant now = Instant.now();
            Spending spending = Spending.ask(stores, settings, days, zone);
            return new Some(state, now, spending, THREADS.getCurrentThreadCpuTime() - began, System.nanoTime());
        });
    }
}
