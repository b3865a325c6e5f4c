package dev.tac8.service;

import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/** {@code within:NAME} is {@code direct:NAME} within the {@link TimeLimit}: a step that uses the external store, whose disk may hang. */
final class WithinComponent extends DefaultComponent {
    private final TimeLimit limit;

    WithinComponent(TimeLimit limit) {
        this.limit = limit;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        return new Within(uri, "direct:" + remaining);
    }

    private final class Within extends DefaultEndpoint {
        private final String route;

        Within(String uri, String route) {
            super(uri, WithinComponent.this);
            this.route = route;
        }

        @Override
        public Producer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) throws Exception {
                    limit.send(exchange, route);
                }
            };
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException("no route begins at " + getEndpointUri() + "; it begins at " + route);
        }
    }
}
