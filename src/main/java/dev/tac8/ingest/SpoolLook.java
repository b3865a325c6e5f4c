package dev.tac8.ingest;

import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Lets the file consumer list the spool only while a file waits there.
 *
 * <p>The consumer itself sorts all names of the folder and asks the disk about each of them, at each poll: a folder of ten thousand foreign
 * names or so would keep a processor busy for ever. This class lists the folder itself when the system reports a new name, and otherwise
 * seldom.
 */
@BindToRegistry("spool-look")
public final class SpoolLook extends DefaultPollingConsumerPollStrategy implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("ingest-spool");
    /** The cost of a question to the disk, in names that are passed over. */
    private static final int QUESTION = 5;
    /** While the system reports new names, looks are as rare as with so many: every 250 ms, in case it misses one, as over NFS. */
    private static final int REPORTED = 250;

    private final Spool spool;
    private final Set<String> own;
    private final Pace pace = new Pace();
    private final Sparingly sparingly = new Sparingly();
    private Arrivals arrivals;
    private boolean isArranged;
    private volatile long polledNanos = System.nanoTime();
    /** How many files were last reported as unread, by reason. */
    private Map<String, Integer> said = Map.of();

    SpoolLook(Spool spool, Set<String> own) {
        this.spool = spool;
        this.own = own;
    }

    @Override
    public boolean begin(Consumer consumer, Endpoint endpoint) {
        polledNanos = System.nanoTime();
        return spool.isReady() && (pace.isDue() || hasArrived()) && isFileWaiting();
    }

    /** For how long the consumer has not come here, as it does many times a second unless it has work. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - polledNanos);
    }

    @Override
    public void close() throws IOException {
        if (arrivals != null) {
            arrivals.close();
        }
    }

    private boolean hasArrived() {
        return arrivals != null && arrivals.any(Spool::isNamedAsSpoolFile);
    }

    /** Notes that nothing is to be done until the next look, or until the system reports a new name. */
    private void rest(long names) {
        if (!isArranged) {
            isArranged = true;
            try {
                arrivals = new Arrivals(spool.dir());
                // A look at once finds names that came before that.
                return;
            } catch (IOException e) {
                LOG.debug("the system tells of no new names in {}", spool.dir(), e);
            }
        }
        pace.foundNothing(arrivals == null ? names : Math.max(names, REPORTED));
    }

    /** Whether the consumer has something to do; also true if the folder cannot be read, as the consumer then says why. */
    private boolean isFileWaiting() {
        long names = 0;
        Map<String, Integer> unread = new HashMap<>();
        Map<String, String> examples = new HashMap<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(spool.dir())) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                names++;
                if (name.startsWith(".") || own.contains(name) || spool.isPostponed(name)) {
                    continue;
                }
                String why = Spool.ONLY;
                if (Spool.isNamedAsSpoolFile(name)) {
                    names += QUESTION;
                    why = Spool.whyUnread(path);
                    if (why == null) {
                        pace.foundWork();
                        return true;
                    }
                    examples.put(why, name);
                }
                unread.merge(why, 1, Integer::sum);
                examples.putIfAbsent(why, name);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return true;
        }
        rest(names);
        unread.forEach((why, files) -> {
            if (files > said.getOrDefault(why, 0)) {
                sparingly.say(LOG, Level.WARN, why, Printable.of(examples.get(why)) + (files == 1 ? " stays"
                        : String.format(Locale.ROOT, " and %,d more stay", files - 1)) + " in the spool unread: " + why);
            }
        });
        said = unread;
        return false;
    }
}
