package dev.tac8.kafka;

import dev.tac8.broker.Broker;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.status.Words;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import dev.tac8.text.Sparingly;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.BindToRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaClientFactory;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaComponentConfigurer;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The topic, which is looked at before anything is sent there or read from it: Camel has each of its clients made here, and makes another try if that
 * fails. A topic that would lose records is refused, and so is a client that would.
 */
@BindToRegistry("kafka-topic")
public final class Topic implements KafkaClientFactory {
    private static final Logger LOG = LoggerFactory.getLogger("join-topic");
    /** What is behind the name of the topic of lines that the store refuses. */
    static final String REFUSED = "-refused";
    /** Nobody waits long at first for a broker that is away; and a client forgets a topic after five minutes without use, and then waits for each line. */
    static final int ANSWER_MILLISECONDS = 5000;
    /** Who is about to send or to read waits longer each time, so long at most. */
    private static final int MOST_MILLISECONDS = 30_000;
    private static final Duration FRESH = Duration.ofSeconds(60);
    private static final long DAY_MILLISECONDS = Duration.ofDays(1).toMillis();
    private static final String OF_CAMEL = "camel.component.kafka.";
    /** The route whose consumer stores what is in the topic. */
    private static final String JOIN = "join-topic";
    private static final int LEAST_IN_SYNC = 2;
    /** That of topics.sh. */
    private static final long USUAL_MESSAGE_BYTES = 8_388_608;
    /** What a joiner is called by the brokers, before where it stores. */
    private static final String JOINER = "tac8-join-";
    private static final Pattern MEMBER = Pattern.compile(JOINER + "(.+)-\\d+");

    private final Sparingly sparingly = new Sparingly();
    private final Settings settings;
    private final String brokers;
    private final Properties client;
    /** Fails when nobody is to wait for an answer any longer. */
    private final CompletableFuture<Object> stopped = new CompletableFuture<>();
    /** How long an answer may take that is needed to send or to read. */
    private volatile int patienceMilliseconds = ANSWER_MILLISECONDS;
    private volatile long checkedNanos;
    private volatile Broker.Seen seen;
    /** Which topic of that name the consumers read. */
    private volatile Uuid read;
    private boolean hadEnded;
    private final AtomicInteger consumers = new AtomicInteger();
    /** The mark of the volume on which this joiner stores; null until it was read. */
    private String volume;

    Topic(Settings settings) throws StoreException {
        this.settings = settings;
        this.brokers = settings.text(Setting.KAFKA_BROKERS);
        this.client = client(settings);
    }

    /** How a client of the brokers is set up, by what the settings say of Camel's. */
    private static Properties client(Settings settings) throws StoreException {
        Map<String, Object> given = new LinkedHashMap<>();
        Properties all = settings.toProperties();
        all.stringPropertyNames().stream().filter(key -> key.startsWith(OF_CAMEL)).forEach(key -> given.put(key.substring(OF_CAMEL.length()), all.get(key)));
        try (CamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setOverrideProperties(all);
            KafkaComponent component = new KafkaComponent(context);
            PropertyBindingSupport.build().withCamelContext(context).withConfigurer(new KafkaComponentConfigurer()).withIgnoreCase(true).withTarget(component)
                    .withProperties(given).bind();
            KafkaConfiguration configuration = component.getConfiguration();
            if (configuration.getSeekTo() != null || configuration.getOffsetRepository() != null) {
                throw new IllegalArgumentException("seek-to and offset-repository have a start pass over what is not stored; take them out");
            }
            Properties properties = configuration.createConsumerProperties();
            properties.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.text(Setting.KAFKA_BROKERS));
            return properties;
        } catch (Exception e) {
            throw new StoreException("the settings " + OF_CAMEL + "* cannot be used: " + Reasons.of(e), e);
        }
    }

    @Override
    public String getBrokers(KafkaConfiguration configuration) {
        return brokers;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Producer getProducer(Properties properties) {
        require(properties, ProducerConfig.ACKS_CONFIG, "all");
        require(properties, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        try {
            checkNowAndThen();
        } catch (StoreException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return new KafkaProducer<>(properties);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Consumer getConsumer(Properties properties) {
        try {
            require(properties, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
            require(properties, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            // The lag too, before it goes on behind what is no longer there, or begins behind it.
            patiently(milliseconds -> {
                Uuid now = check(milliseconds);
                read = read == null ? now : read;
                requireOneStore(milliseconds);
                seen = lag(milliseconds, true);
            });
            properties.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, JOINER + store() + "-" + consumers.incrementAndGet());
            return new KafkaConsumer<>(properties);
        } catch (StoreException e) {
            // As the route watch-kafka says, too.
            throw new IllegalStateException(e.getMessage(), e);
        } catch (RuntimeException e) {
            // Camel makes another try, and says nothing.
            sparingly.say(LOG, Level.ERROR, "no consumer", Reasons.of(e) + ". What waits is kept, and goes on by itself");
            throw e;
        }
    }

    /**
     * Whether all joiners of the group store in one place: else each would take a part of the records to its own, and no store would have all.
     *
     * @throws StoreException if one stores elsewhere
     */
    private void requireOneStore(int milliseconds) throws StoreException {
        String group = settings.text(Setting.KAFKA_GROUP);
        String here = store();
        try (Asked asked = ask(milliseconds)) {
            for (MemberDescription member : answer(asked, admin -> admin.describeConsumerGroups(List.of(group)).all()).get(group).members()) {
                Matcher there = MEMBER.matcher(member.clientId());
                if (there.matches() && !isSame(there.group(1), here)) {
                    throw new StoreException("a joiner of the group " + group + " at " + member.host() + " stores elsewhere (" + there.group(1) + ") than this one (" + here
                            + "), so no store would have all: give both the same tac8.store and database, or each a tac8.kafka.group of its own");
                }
            }
        }
    }

    /** Which volume it is cannot be said while that is away. */
    private static boolean isSame(String one, String other) {
        return (one + ".").startsWith(other + ".") || (other + ".").startsWith(one + ".");
    }

    /** Where this joiner stores, as it can be said to others; asked of the disk until that was there once. */
    private synchronized String store() {
        if (settings.isPostgresql()) {
            return "postgresql." + settings.text(Setting.POSTGRESQL_URL).replaceFirst("\\?.*", "").replaceFirst(".*[/:]", "").replaceAll("\\W", "_");
        }
        if (volume == null) {
            try {
                volume = Files.readString(settings.path(Setting.EXTERNAL_DIR).resolve(Volume.MARKER)).strip().replaceAll("[^\\w-]", "_");
            } catch (IOException e) {
                return "sqlite";
            }
        }
        return "sqlite." + volume;
    }

    private static void require(Properties properties, String option, String value) {
        if (!value.equals(String.valueOf(properties.get(option)))) {
            throw new IllegalStateException(option + " is " + properties.get(option) + " for Kafka, and must be " + value + ", or records are lost: a step of routes/edge-kafka or"
                    + " join-kafka.camel.yaml, or a setting " + OF_CAMEL + "*, was changed");
        }
    }

    /** Looks at it unless that was done within the last minute. */
    public void checkNowAndThen() throws StoreException {
        if (checkedNanos == 0 || System.nanoTime() - checkedNanos > FRESH.toNanos()) {
            patiently(this::check);
        }
    }

    /** Has it looked at before it is used again: something has failed. */
    public void suspect() {
        checkedNanos = 0;
    }

    /**
     * Looks at it, and in a joiner at that of refused lines.
     *
     * @return which one it is
     * @throws StoreException in one sentence; a {@link RefusedException} if it would lose records, or is not there
     */
    Uuid check() throws StoreException {
        try {
            Uuid now = check(ANSWER_MILLISECONDS);
            if (settings.isJoin()) {
                requireOneStore(ANSWER_MILLISECONDS);
            }
            seen = lag(ANSWER_MILLISECONDS, false);
            patienceMilliseconds = ANSWER_MILLISECONDS;
            return now;
        } catch (StoreException e) {
            Broker.Seen before = seen;
            seen = new Broker.Seen(before == null || before.awaySince() == null ? Instant.now() : before.awaySince(), e.getMessage(), 0, -1);
            throw e;
        }
    }

    /** Which one it is, if nothing is wrong with it. */
    private Uuid check(int milliseconds) throws StoreException {
        String topic = settings.text(Setting.KAFKA_TOPIC);
        Uuid id;
        try (Asked asked = ask(milliseconds)) {
            id = check(asked, topic);
            if (settings.isJoin()) {
                check(asked, topic + REFUSED);
            }
        } catch (RefusedException e) {
            // No other failure says that what is being sent may be lost.
            suspect();
            throw e;
        }
        checkedNanos = System.nanoTime();
        return id;
    }

    /** A look at the topic. */
    private interface Look {
        void within(int milliseconds) throws StoreException;
    }

    /** Looks, and longer each time that no answer came: else a broker that is slow, as on a crowded host, could not be used at all. */
    private void patiently(Look look) throws StoreException {
        int milliseconds = patienceMilliseconds;
        try {
            look.within(milliseconds);
            patienceMilliseconds = ANSWER_MILLISECONDS;
        } catch (StoreException e) {
            if (e.getCause() instanceof TimeoutException) {
                patienceMilliseconds = Math.min(2 * milliseconds, MOST_MILLISECONDS);
            }
            throw e;
        }
    }

    /**
     * Looks at it as a monitor does, regularly; and has a consumer begin anew that has ended, as Camel has it end for ever when the broker does not
     * know us, if only while that one starts. So it does where somebody has deleted the topic and made another of its name: a batch that is held has
     * come of the former one, and the group would go on behind as many records of the present one.
     *
     * @throws StoreException as {@link #check} does
     */
    public void look(CamelContext context) throws Exception {
        Uuid now = check();
        Route join = context.getRoute(JOIN);
        boolean isAnother = join != null && read != null && !read.equals(now);
        if (isAnother) {
            LOG.warn("the topic {} was deleted and made again: what is in it now is read from its beginning", settings.text(Setting.KAFKA_TOPIC));
        }
        read = now;
        boolean ended = hasEnded(join);
        if (ended && hadEnded || isAnother) {
            context.getRouteController().stopRoute(JOIN);
            context.getRouteController().startRoute(JOIN);
        }
        hadEnded = ended;
    }

    private static boolean hasEnded(Route join) {
        return join != null && join.getConsumer() instanceof org.apache.camel.component.kafka.KafkaConsumer consumer
                && consumer.healthStates().stream().anyMatch(state -> !state.isRecoverable());
    }

    /** Has nobody wait for an answer any longer, unless it is about to come. */
    void stop() {
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> stopped.completeExceptionally(new RejectedExecutionException("tac8 is being stopped")));
    }

    Broker.Seen seen() {
        return seen;
    }

    /** @param begins whether a consumer begins, so that a partition of which the group has stored nothing is told of, too */
    private Broker.Seen lag(int milliseconds, boolean begins) throws StoreException {
        String topic = settings.text(Setting.KAFKA_TOPIC);
        try (Asked asked = ask(milliseconds)) {
            List<TopicPartition> partitions = answer(asked, admin -> admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().stream()
                    .map(partition -> new TopicPartition(topic, partition.partition())).toList();
            if (!settings.isJoin()) {
                return new Broker.Seen(null, null, partitions.size(), -1);
            }
            Map<TopicPartition, OffsetAndMetadata> stored =
                    answer(asked, admin -> admin.listConsumerGroupOffsets(settings.text(Setting.KAFKA_GROUP)).partitionsToOffsetAndMetadata());
            Map<TopicPartition, Long> first = offsets(asked, partitions, OffsetSpec.earliest());
            Map<TopicPartition, Long> ends = offsets(asked, partitions, OffsetSpec.latest());
            long lag = 0;
            long forgotten = 0;
            long unknown = 0;
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata until = stored.get(partition);
                long from = until == null ? first.get(partition) : until.offset();
                lag += ends.get(partition) - from;
                forgotten += Math.max(0, first.get(partition) - from);
                unknown += until == null && begins ? first.get(partition) : 0;
            }
            if (unknown > 0) {
                sparingly.say(LOG, Level.ERROR, "unknown", "the topic " + topic + " has forgotten " + Words.count(unknown, "record")
                        + " of which the brokers do not know, or no longer, whether the group " + settings.text(Setting.KAFKA_GROUP) + " had stored them: if it had not, on each edge,"
                        + " ./tac8 ingest spool/done/*.jsonl sends again what is there");
            }
            if (forgotten > 0) {
                sparingly.say(LOG, Level.ERROR, "forgotten", "the topic " + topic + " has forgotten " + Words.count(forgotten, "record")
                        + " that the group " + settings.text(Setting.KAFKA_GROUP) + " had not stored, as they were older than its retention.ms: on each edge,"
                        + " ./tac8 ingest spool/done/*.jsonl sends again what is there");
            }
            return new Broker.Seen(null, null, partitions.size(), lag);
        }
    }

    private Map<TopicPartition, Long> offsets(Asked asked, List<TopicPartition> partitions, OffsetSpec which) throws StoreException {
        Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
        answer(asked, admin -> admin.listOffsets(partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which))).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /** A client that asks of topics and groups. Its end waits for no answer: a broker that hangs would take minutes of whoever only wants to say so. */
    private record Asked(Admin admin, int milliseconds) implements AutoCloseable {
        @Override
        public void close() {
            admin.close(Duration.ZERO);
        }
    }

    private Asked ask(int milliseconds) throws StoreException {
        Properties properties = new Properties();
        client.forEach((key, value) -> {
            if (AdminClientConfig.configNames().contains(key)) {
                properties.put(key, value);
            }
        });
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, milliseconds - 1);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, milliseconds);
        try {
            return new Asked(amongItsClasses(() -> Admin.create(properties)), milliseconds);
        } catch (RuntimeException e) {
            throw away(e, milliseconds);
        }
    }

    /** Makes a client of Kafka, which looks for classes by the thread; its own are not where all others are. */
    static <T> T amongItsClasses(Supplier<T> client) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(Admin.class.getClassLoader());
            return client.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The lines that the store refuses. */
    List<Broker.Refused> refused(int limit) throws StoreException {
        return new RefusedLines(this, settings.text(Setting.KAFKA_TOPIC) + REFUSED).read(client, limit);
    }

    /** Why the broker cannot be used, which had so long to answer. */
    StoreException away(Throwable failure, int milliseconds) {
        String reason = failure instanceof TimeoutException ? "it does not answer within " + milliseconds / 1000 + " s" : Reasons.of(failure)
                + (failure instanceof SaslAuthenticationException ? ": mend the user there, or " + OF_CAMEL + "* here, and then start tac8 again" : "");
        return new StoreException("the broker " + brokers + " cannot be used: " + reason, failure);
    }

    /** Asks a broker, and says why there is no answer. */
    @SuppressWarnings("unchecked")
    private <T> T answer(Asked asked, Function<Admin, KafkaFuture<T>> question) throws StoreException {
        try {
            CompletableFuture<T> answer = question.apply(asked.admin()).toCompletionStage().toCompletableFuture();
            return (T) CompletableFuture.anyOf(answer, stopped).get(asked.milliseconds(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw away(e.getCause(), asked.milliseconds());
        } catch (java.util.concurrent.TimeoutException e) {
            throw away(new TimeoutException(e), asked.milliseconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away(e, asked.milliseconds());
        }
    }

    private Uuid check(Asked asked, String topic) throws StoreException {
        int replicas = settings.number(Setting.KAFKA_REPLICAS);
        long message = messageBytes(settings);
        TopicDescription description;
        Config config;
        try {
            description = answer(asked, admin -> admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            config = answer(asked, admin -> admin.describeConfigs(List.of(resource)).all()).get(resource);
        } catch (StoreException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new RefusedException("the broker " + brokers + " has no topic " + topic + ", which this makes: examples/cluster/topics.sh " + brokers.replaceFirst(",.*", "") + " "
                        + settings.text(Setting.KAFKA_TOPIC) + " " + replicas + (message == USUAL_MESSAGE_BYTES ? "" : " " + message));
            }
            if (e.getCause() instanceof AuthorizationException) {
                throw new RefusedException("the broker " + brokers + " does not let this user look at the topic " + topic + ": allow Describe and DescribeConfigs on it, too");
            }
            throw e;
        }
        int copies = description.partitions().stream().mapToInt(partition -> partition.replicas().size()).min().orElse(0);
        List<String> faults = new ArrayList<>();
        fault(faults, copies < replicas, "has a partition with " + copies + (copies == 1 ? " copy, and " : " copies, and ") + Setting.KAFKA_REPLICAS.key() + " asks for " + replicas
                + ": give it more, or ask for fewer");
        fault(faults, replicas > 1 && number(config, "min.insync.replicas") < LEAST_IN_SYNC, "acknowledges what only one broker has (min.insync.replicas="
                + value(config, "min.insync.replicas") + "): set min.insync.replicas=" + LEAST_IN_SYNC);
        fault(faults, !"delete".equals(value(config, "cleanup.policy")), "keeps one record a session (cleanup.policy=" + value(config, "cleanup.policy")
                + "): set cleanup.policy=delete");
        long retention = number(config, "retention.ms");
        fault(faults, retention >= 0 && retention < DAY_MILLISECONDS, "forgets what nobody has stored within " + retention + " ms: set retention.ms to a day or more");
        fault(faults, number(config, "retention.bytes") >= 0, "forgets what nobody has stored when there is much of it (retention.bytes=" + value(config, "retention.bytes")
                + "): set retention.bytes=-1");
        fault(faults, !"LogAppendTime".equals(value(config, "message.timestamp.type")), "takes a host's clock for the age of a record, and forgets at once what comes from one that is"
                + " wrong: set message.timestamp.type=LogAppendTime");
        fault(faults, number(config, "max.message.bytes") < message, "does not take the longest line (max.message.bytes=" + value(config, "max.message.bytes")
                + "): set max.message.bytes=" + message + ", twice " + Setting.INGEST_MAX_LINE_BYTES.key());
        fault(faults, !"false".equals(value(config, "unclean.leader.election.enable")), "goes on without what it has acknowledged when brokers fail: set"
                + " unclean.leader.election.enable=false");
        if (!faults.isEmpty()) {
            throw new RefusedException("the topic " + topic + " of the broker " + brokers + " " + String.join("; and it ", faults));
        }
        return description.topicId();
    }

    private static void fault(List<String> faults, boolean is, String sentence) {
        if (is) {
            faults.add(sentence);
        }
    }

    private static String value(Config config, String name) {
        return config.get(name) == null ? null : config.get(name).value();
    }

    private static long number(Config config, String name) {
        String value = value(config, name);
        return value == null ? -1 : Long.parseLong(value);
    }

    /** The longest message: a line with its headers, and what a batch adds. */
    static long messageBytes(Settings settings) {
        return 2L * settings.number(Setting.INGEST_MAX_LINE_BYTES);
    }
}
