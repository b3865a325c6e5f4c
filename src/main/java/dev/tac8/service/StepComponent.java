package dev.tac8.service;

import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.ScheduledPollEndpoint;

/** Steps {@code SCHEME:NAME}: what is to be done with a message and the name. */
class StepComponent extends DefaultComponent {
    private final Step step;

    StepComponent(Step step) {
        this.step = step;
    }

    /** What a step does. */
    interface Step {
        void take(Exchange exchange, String name) throws Exception;
    }

    /** Where routes begin, if they can at all. */
    Consumer consumer(ScheduledPollEndpoint endpoint, String name, Processor processor) {
        throw new UnsupportedOperationException("no route begins at " + endpoint.getEndpointUri() + ", which is a step");
    }

    @Override
    protected final Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) throws Exception {
        ScheduledPollEndpoint endpoint = new ScheduledPollEndpoint(uri, this) {
            @Override
            public Producer createProducer() {
                return new DefaultProducer(this) {
                    @Override
                    public void process(Exchange exchange) throws Exception {
                        step.take(exchange, name);
                    }
                };
            }

            @Override
            public Consumer createConsumer(Processor processor) throws Exception {
                Consumer consumer = consumer(this, name, processor);
                configureConsumer(consumer);
                return consumer;
            }
        };
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
