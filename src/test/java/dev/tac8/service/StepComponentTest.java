package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

/** A step that may hang: {@code within:}, on routes of its own. */
class StepComponentTest extends CamelTestSupport {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final CountDownLatch disk = new CountDownLatch(1);
    private final CountDownLatch late = new CountDownLatch(1);

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        TimeLimit limit = new TimeLimit(LIMIT, LIMIT, "its disk hangs");
        limit.setTemplate(context.createProducerTemplate());
        context.addComponent("within", new StepComponent((exchange, route) -> limit.send(exchange, "direct:" + route)));
        return context;
    }

    @Override
    protected RoutesBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:ask").routeId("ask").to("within:answer");
                from("direct:answer").routeId("answer").errorHandler(noErrorHandler())
                        .setVariable("stored", simple("${body}")).setBody(constant("yes")).id("say-yes");
            }
        };
    }

    @Test
    void theBodyAndVariablesComeBackAsFromADirectCall() {
        Exchange asked = template.send("direct:ask", exchange -> exchange.getMessage().setBody("row"));

        assertThat(asked.getException()).isNull();
        assertThat(asked.getMessage().getBody()).isEqualTo("yes");
        assertThat(asked.getVariable("stored")).isEqualTo("row");
    }

    @Test
    void aFailureOfTheRouteIsTheStepsFailure() throws Exception {
        AdviceWith.adviceWith(context, "answer", route -> route.weaveById("say-yes").before().throwException(new StoreException("the disk is full")));

        assertThatThrownBy(() -> template.sendBody("direct:ask", "row")).isInstanceOf(CamelExecutionException.class)
                .cause().isInstanceOf(StoreException.class).hasMessage("the disk is full");
    }

    @Test
    void whatComesTooLateChangesNothingOfTheExchangeThatWentOn() throws Exception {
        AdviceWith.adviceWith(context, "answer", route -> {
            route.weaveById("say-yes").before().process(exchange -> disk.await());
            route.weaveAddLast().process(exchange -> late.countDown());
        });

        Exchange asked = template.send("direct:ask", exchange -> exchange.getMessage().setBody("row"));
        assertThat(asked.getException()).isInstanceOf(StoreException.class).hasMessageContaining("its disk hangs");
        disk.countDown();
        late.await();

        assertThat(asked.getMessage().getBody()).isEqualTo("row");
        assertThat(asked.getVariable("stored")).isNull();
    }

    @Test
    void noRouteBeginsThere() {
        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("within:ask").to("direct:answer");
            }
        })).hasStackTraceContaining("no route begins at within://ask, which is a step");
    }
}
