package dev.tac8.observe;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How much room the disks have below some folders, and for how long. */
final class Disks {
    private static final Duration BETWEEN = Duration.ofMinutes(5);
    /** Over a shorter time a rate says nothing. */
    private static final Duration LEAST = Duration.ofMinutes(30);
    private static final int MOST_LOOKS = 288;
    private static final long LEAST_BYTES = 512L << 20;
    private static final double LEAST_DAYS = 2;
    private static final double NANOS_A_DAY = Duration.ofDays(1).toNanos();

    /** The room of a disk at a time. */
    private record Room(long nanos, long freeBytes) {
    }

    /** Since a disk was first seen at this place, or a day ago. */
    private static final class Disk {
        private final String id;
        private final Deque<Room> past = new ArrayDeque<>();
        private Room now;

        Disk(String id) {
            this.id = id;
        }
    }

    private final Map<String, Disk> disks = new TreeMap<>();

    /** Looks at the disk of a folder, which may hang. */
    void look(String name, Path folder) throws IOException {
        FileStore store = Files.getFileStore(folder);
        look(name, store.name() + " " + store.getTotalSpace(), store.getUsableSpace(), System.nanoTime());
    }

    /** @param id tells it from another disk at the same place */
    synchronized void look(String name, String id, long freeBytes, long nanos) {
        Disk disk = disks.get(name);
        if (disk == null || !disk.id.equals(id)) {
            disk = new Disk(id);
            disks.put(name, disk);
        }
        disk.now = new Room(nanos, freeBytes);
        if (disk.past.isEmpty() || nanos - disk.past.getLast().nanos() >= BETWEEN.toNanos()) {
            disk.past.addLast(disk.now);
            if (disk.past.size() > MOST_LOOKS) {
                disk.past.removeFirst();
            }
        }
    }

    /** Forgets a disk that is away: what is below its folder is another one. */
    synchronized void forget(String name) {
        disks.remove(name);
    }

    /** The free bytes of each disk that is there. */
    synchronized Map<String, Long> freeBytes() {
        Map<String, Long> free = new TreeMap<>();
        disks.forEach((name, disk) -> free.put(name, disk.now.freeBytes()));
        return free;
    }

    /** For how many days each disk that fills has room at the rate of the last day, if it was looked at for long enough. */
    synchronized Map<String, Double> daysLeft() {
        Map<String, Double> days = new TreeMap<>();
        disks.forEach((name, disk) -> {
            Room first = disk.past.getFirst();
            long nanos = disk.now.nanos() - first.nanos();
            long filled = first.freeBytes() - disk.now.freeBytes();
            if (nanos >= LEAST.toNanos() && filled > 0) {
                days.put(name, disk.now.freeBytes() / (filled * (NANOS_A_DAY / nanos)));
            }
        });
        return days;
    }

    /** Which disk has little room left, and what to do. */
    Finding find() {
        Map<String, Double> days = daysLeft();
        StringBuilder all = new StringBuilder();
        boolean isWell = true;
        for (Map.Entry<String, Long> disk : freeBytes().entrySet()) {
            Double left = days.get(disk.getKey());
            isWell &= disk.getValue() >= LEAST_BYTES && (left == null || left >= LEAST_DAYS);
            all.append(all.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%s %.1f GiB free", disk.getKey(), disk.getValue() / (double) (1L << 30)))
                    .append(left == null ? "" : String.format(Locale.ROOT, " (%.1f days at the present rate)", left));
        }
        return isWell ? Finding.well(all.toString()) : Finding.trouble(all + ": make room; docs/operating.md says what may go");
    }
}
