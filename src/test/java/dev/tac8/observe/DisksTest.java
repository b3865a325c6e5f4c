package dev.tac8.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DisksTest {
    private static final long GIB = 1L << 30;
    private final Disks disks = new Disks();

    @Test
    void aDiskThatFillsIsTroubleTwoDaysBeforeItIsFull() {
        fill(100 * GIB, 10 * GIB, 24);
        assertThat(disks.find()).isEqualTo(Finding.well("spool 90.0 GiB free (9.0 days at the present rate)"));

        fill(90 * GIB, 75 * GIB, 24);
        assertThat(disks.find().isWell()).isFalse();
        assertThat(disks.find().sentence()).startsWith("spool 15.0 GiB free (").contains("make room");
    }

    @Test
    void aFewMinutesTellNoRateAndADiskThatGrowsHasNone() {
        at(0, 100 * GIB);
        at(10, 1 * GIB);
        assertThat(disks.find()).isEqualTo(Finding.well("spool 1.0 GiB free"));
        at(60, 200 * GIB);
        assertThat(disks.find()).isEqualTo(Finding.well("spool 200.0 GiB free"));
    }

    @Test
    void littleRoomIsTroubleAtAnyRate() {
        at(0, GIB / 4);

        assertThat(disks.find()).isEqualTo(Finding.trouble("spool 0.3 GiB free: make room; docs/operating.md says what may go"));
    }

    @Test
    void anotherDiskAtTheSamePlaceHasARateOfItsOwn() {
        fill(100 * GIB, 90 * GIB, 24);

        disks.look("spool", "other", 50 * GIB, TimeUnit.HOURS.toNanos(30));

        assertThat(disks.find()).isEqualTo(Finding.well("spool 50.0 GiB free"));
    }

    private long begun;

    private void fill(long free, long filled, int hours) {
        for (int minutes = 0; minutes <= hours * 60; minutes += 5) {
            at(begun + minutes, free - filled * minutes / (hours * 60));
        }
        begun += hours * 60L;
    }

    private void at(long minutes, long free) {
        disks.look("spool", "disk", free, TimeUnit.MINUTES.toNanos(minutes));
    }
}
