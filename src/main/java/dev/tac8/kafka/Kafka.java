package dev.tac8.kafka;

import dev.tac8.broker.Broker;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.util.List;

/** Kafka, as the settings say. */
public final class Kafka implements Broker {
    private final Topic topic;
    private final List<Object> beans;

    /** @throws StoreException if what they say of security cannot be read */
    public Kafka(Settings settings) throws StoreException {
        topic = new Topic(settings);
        beans = List.of(topic, new Edge(), new Join());
    }

    @Override
    public List<Object> beans() {
        return beans;
    }

    @Override
    public Seen seen() {
        return topic.seen();
    }

    @Override
    public List<Refused> refused(int limit) throws StoreException {
        return topic.refused(limit);
    }

    @Override
    public void check() throws StoreException {
        topic.check();
    }

    @Override
    public void stop() {
        topic.stop();
    }
}
