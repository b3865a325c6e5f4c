package dev.tac8.archive;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A run of the archive that is asked for.
 *
 * @param id         to tell it from others, or null if no answer is awaited
 * @param keepDays   rows older than so many days leave
 * @param trustClock whether to go on although rows are newer than this computer's clock
 * @param wanted     whether it is reported even if nothing was due
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Request(String id, int keepDays, boolean trustClock, boolean wanted) {
    /** As {@link Requests} writes it; the id is a part of the answer's file name. */
    @JsonCreator
    static Request asked(@JsonProperty("id") String id, @JsonProperty("keep_days") Integer keepDays,
                         @JsonProperty("trust_clock") boolean trustClock) {
        if (id == null || !id.matches("[\\w-]{1,64}") || keepDays == null || keepDays < 0) {
            throw new IllegalArgumentException("a request has an id, and keep_days of 0 or more");
        }
        return new Request(id, keepDays, trustClock, true);
    }
}
