package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which routes a route calls, as its file says. */
class RouteTextTest {
    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @ParameterizedTest
    @ValueSource(strings = {"to: direct:hello", "to: {uri: 'direct:hello?timeout=5', id: own-hello}", "to: within:hello", "toD: 'direct:hello?timeout=${header.left}'",
        "to: direct://hello"})
    void namesTheRouteThatIsCalled(String step) throws Exception {
        assertThat(calls(step)).containsExactly("direct:hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"toD: 'direct:${header.next}'", "toD: {id: own-next, uri: 'direct://${header.next}'}", "toD: 'within:${header.next}'", "toD: '${header.next}'",
        "toD: {uri: '${header.next}'}", "recipientList: {header: next}", "routingSlip: {simple: 'direct:a,${header.next}'}", "dynamicRouter: {method: {ref: next}}",
        "enrich: {expression: {header: {expression: next}}}", "wireTap: '${header.next}'", "wireTap: {uri: 'direct:${header.next}'}"})
    void mayCallAnyRouteIfOnlyTheMessageTells(String step) throws Exception {
        assertThat(calls(step)).contains("direct:store-chunk", "direct:archive", "direct:bring-home").doesNotContain("direct:own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"toD: 'own:${header.name}.json'", "toD: {uri: 'sql:file:sql/report/${header.name}.sql'}", "wireTap: 'log:${header.name}'",
        "pollEnrich: {simple: 'file:${header.folder}'}", "log: '${body} to direct: nobody'"})
    void callsNoneByAnotherComponent(String step) throws Exception {
        assertThat(calls(step)).isEmpty();
    }

    @Test
    void noRouteThatTac8IsDeliveredWithCallsAny() throws Exception {
        assertThat(RouteText.read(home.settings()).routes().values()).allSatisfy(route -> assertThat(route.calls()).as(route.id()).hasSizeLessThan(10));
    }

    private Set<String> calls(String step) throws Exception {
        Files.writeString(dir.resolve("routes/own.camel.yaml"), "- route:\n    id: own\n    from:\n      uri: direct:own\n      steps:\n        - " + step + "\n");
        return RouteText.read(home.settings()).routes().get("own").calls();
    }
}
