package dev.tac8.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.query.Reach;
import dev.tac8.query.Remarks;
import dev.tac8.query.Reused;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The conversation of a worker, as its records name it: cut to the worker's own time if others wrote into the same file.
 *
 * @param worker       its row, as {@code sql/query/workers.sql} answers; empty if there is no such worker
 * @param conversation null if there is none
 * @param none         why there is none, in a sentence; else null
 * @param remarks      what a reader of it must know, a sentence each
 * @param missing      what of the stores could not be read, a sentence each
 */
public record OfWorker(Rows worker, Conversation conversation, String none, List<String> remarks, List<String> missing) implements Closeable {

    /**
     * Finds the worker, and opens its conversation.
     *
     * @throws StoreException if the stores cannot answer
     */
    public static OfWorker open(Settings settings, String id) throws StoreException {
        Found found = Stores.use(settings, Reach.of("worker", id), stores -> {
            Rows worker = stores.ask("workers", Map.of("worker", id));
            return worker.isEmpty() ? new Found(worker, Remarks.unknown(stores, "worker", id), Set.of(), null, stores.missing())
                    : new Found(worker, null, stores.ids("log_file"), Reused.ofConversation(stores, id), stores.missing());
        });
        if (found.unknown != null) {
            return new OfWorker(found.worker, null, found.unknown, List.of(), found.missing);
        }
        Conversations conversations = Conversations.of(settings);
        Conversation conversation = null;
        try {
            conversation = conversations.open(found.worker.text("log_file"), Instant.parse(found.worker.text("spawned_at")));
            List<String> remarks = new ArrayList<>();
            Share share = share(settings, found.worker, conversations.namesOf(conversation, found.logFiles));
            if (share != null) {
                conversation.cutTo(share.from(), share.to());
                remarks.add(share.sentence());
            }
            if (found.reused != null) {
                remarks.add(found.reused);
            }
            if (conversation.note() != null) {
                remarks.add(conversation.note());
            }
            return new OfWorker(found.worker, conversation, null, remarks, found.missing);
        } catch (NoConversationException e) {
            return new OfWorker(found.worker, null, e.getMessage(), List.of(), found.missing);
        } catch (StoreException | RuntimeException e) {
            close(conversation);
            throw e;
        }
    }

    private record Found(Rows worker, String unknown, Set<String> logFiles, String reused, List<String> missing) {
    }

    /** If others wrote into the same file, also under another name: what was said while this one lived. */
    private static Share share(Settings settings, Rows worker, Set<String> names) throws StoreException {
        Set<String> all = new TreeSet<>(names);
        all.add(worker.text("log_file"));
        try {
            String json = new JsonMapper().writeValueAsString(all);
            return Share.of(worker.text("worker_id"), Stores.use(settings, Reach.of("log_files", json), stores -> stores.ask("workers", Map.of("log_files", json))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void close(Conversation conversation) {
        try {
            if (conversation != null) {
                conversation.close();
            }
        } catch (IOException e) {
            // It was only read.
        }
    }

    @Override
    public void close() throws IOException {
        if (conversation != null) {
            conversation.close();
        }
    }
}
