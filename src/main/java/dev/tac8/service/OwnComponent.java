package dev.tac8.service;

import dev.tac8.files.OwnFolder;
import dev.tac8.store.Reasons;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.ScheduledPollEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of {@link OwnFolder}. A step {@code own:NAME} writes a line of text to that file, whole or not at all. A route that begins at
 * {@code own:NAME*} gets the requests whose names begin so, the oldest first; each is deleted before, so that it comes once.
 */
final class OwnComponent extends StepComponent {
    private static final Logger LOG = LoggerFactory.getLogger("archive");
    /** Longer than any request of ours. */
    private static final int MOST_BYTES = 1 << 20;

    private final OwnFolder folder;
    private final Sparingly sparingly = new Sparingly();

    OwnComponent(OwnFolder folder) {
        super(new Writing(folder));
        this.folder = folder;
    }

    /**
     * Writes the files, and those that could not be written before with the next one: somebody may be waiting for an answer that is given once.
     *
     * @param unwritten by their names
     */
    private record Writing(OwnFolder folder, Map<String, String> unwritten) implements Step {
        Writing(OwnFolder folder) {
            this(folder, new LinkedHashMap<>());
        }

        @Override
        public void take(Exchange exchange, String name) throws Exception {
            synchronized (unwritten) {
                unwritten.put(name, exchange.getMessage().getMandatoryBody(String.class) + "\n");
                Map<String, IOException> failures = new HashMap<>();
                unwritten.entrySet().removeIf(file -> {
                    try {
                        folder.write(file.getKey(), file.getValue());
                        return true;
                    } catch (IOException e) {
                        failures.put(file.getKey(), e);
                        return false;
                    }
                });
                if (failures.containsKey(name)) {
                    throw new IOException("cannot write " + folder.path().resolve(name) + ": " + Reasons.of(failures.get(name)));
                }
            }
        }
    }

    @Override
    Consumer consumer(ScheduledPollEndpoint endpoint, String name, Processor processor) {
        return new ScheduledPollConsumer(endpoint, processor) {
            @Override
            protected int poll() throws Exception {
                try {
                    for (String file : folder.oldestFirst(name.replace("*", ""))) {
                        String text = take(file);
                        if (text != null) {
                            Exchange exchange = createExchange(true);
                            exchange.setVariable("file", Printable.of(folder.path().resolve(file).toString()));
                            exchange.getMessage().setBody(text);
                            getProcessor().process(exchange);
                            return 1;
                        }
                    }
                } catch (IOException e) {
                    sparingly.warn(LOG, "cannot read the requests in {}: {}. It is tried again", folder.path(), Reasons.of(e));
                }
                return 0;
            }
        };
    }

    /** What a request says; null if it was withdrawn just now, or cannot be taken. */
    private String take(String file) {
        try {
            String text = folder.read(file, MOST_BYTES);
            folder.delete(file);
            return text;
        } catch (IOException e) {
            sparingly.warn(LOG, "cannot take the request {}: {}. It is tried again", Printable.of(folder.path().resolve(file).toString()), Reasons.of(e));
            return null;
        }
    }
}
