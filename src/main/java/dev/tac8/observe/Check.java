package dev.tac8.observe;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** One of Camel's checks, which reads what was found last: whoever asks waits for no disk. */
final class Check extends AbstractHealthCheck {
    /** Whether it decides that tac8 is ready, that it is alive, or only how it is. */
    enum Of { READINESS, LIVENESS, HEALTH }

    private final Of of;
    private final Supplier<Finding> finding;

    Check(Of of, String id, Supplier<Finding> finding) {
        super("tac8", id);
        this.of = of;
        this.finding = finding;
    }

    Finding find() {
        return finding.get();
    }

    @Override
    public boolean isReadiness() {
        return of == Of.READINESS;
    }

    @Override
    public boolean isLiveness() {
        return of == Of.LIVENESS;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Finding found = find();
        builder.state(found.isWell() ? State.UP : State.DOWN).message(found.sentence());
    }
}
