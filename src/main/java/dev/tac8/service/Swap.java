package dev.tac8.service;

import dev.tac8.generation.InForce;
import dev.tac8.ingest.Spool;
import dev.tac8.reconcile.Reconcile;
import dev.tac8.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Replaces the routes of a running service that another folder of files has otherwise. The others run on and do not notice.
 *
 * <p>Nothing is in a route while it is replaced: what begins by itself is suspended and ends what it is at, a file or a way home behind the chunk
 * that is being stored; and whoever would call a route that changes waits before its {@link Gate}. Ingest comes last, so that it stands still only
 * while routes are replaced.
 */
final class Swap {
    /** How long a route that is replaced may take to end what it is at. Until then ingest goes on, unless it is replaced itself. */
    private static final Duration MOST_WAIT = Duration.ofSeconds(2);
    /** How long ingest may stand still because others are not done: then it is tried again later. */
    private static final Duration MOST_PAUSE = Duration.ofMillis(150);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String INGEST = "ingest-spool";

    private final ModelCamelContext context;
    private final RoutesMain camel;
    private final Gate gate;
    private final Spool spool;
    private final Reconcile reconcile;
    private final InForce inForce;

    Swap(ModelCamelContext context, RoutesMain camel, Gate gate, Spool spool, Reconcile reconcile, InForce inForce) {
        this.context = context;
        this.camel = camel;
        this.gate = gate;
        this.spool = spool;
        this.reconcile = reconcile;
        this.inForce = inForce;
    }

    /** What is to be done: the routes that change, and what has to stand still for it. */
    private record Plan(Set<String> changed, List<String> suspended, List<String> gates, List<String> ingestGates) {
        static Plan of(Map<String, RouteText> before, Map<String, RouteText> after) {
            Set<String> changed = new LinkedHashSet<>(before.keySet());
            changed.addAll(after.keySet());
            changed.removeIf(id -> before.containsKey(id) && after.containsKey(id) && before.get(id).whole().equals(after.get(id).whole()));
            Collection<RouteText> all = before.values();
            Set<String> froms = before.values().stream().filter(route -> changed.contains(route.id())).map(RouteText::from).collect(Collectors.toSet());
            List<String> suspended = new ArrayList<>();
            Set<String> gates = new LinkedHashSet<>();
            Set<String> ingestGates = new LinkedHashSet<>();
            for (RouteText route : all) {
                if (route.begins()) {
                    // What it is in the midst of itself, and what it calls from there.
                    Set<String> midst = reach(all, Set.of(route.from()), true);
                    if (midst.stream().anyMatch(froms::contains)) {
                        suspended.add(route.id());
                    }
                    all.stream().filter(one -> midst.contains(one.from())).flatMap(one -> one.calls().stream()).filter(call -> !Gate.LONG.contains(call)
                            && reach(all, Set.of(call), false).stream().anyMatch(froms::contains)).forEach((route.id().equals(INGEST) ? ingestGates : gates)::add);
                }
            }
            gates.removeAll(ingestGates);
            suspended.sort((a, b) -> Boolean.compare(a.equals(INGEST), b.equals(INGEST)));
            return new Plan(changed, suspended, List.copyOf(gates), List.copyOf(ingestGates));
        }

        /** These and all that they call, and so on. */
        private static Set<String> reach(Collection<RouteText> all, Set<String> from, boolean onlyLong) {
            Set<String> reached = new HashSet<>(from);
            boolean more = true;
            while (more) {
                more = reached.addAll(all.stream().filter(route -> reached.contains(route.from())).flatMap(route -> route.calls().stream())
                        .filter(call -> !onlyLong || Gate.LONG.contains(call)).collect(Collectors.toSet()));
            }
            return reached;
        }
    }

    /**
     * Replaces what differs.
     *
     * @param old    the routes that run
     * @param young  those that take their place
     * @param before where the first were read
     * @param after  where the others are read
     * @return the routes that were replaced, added or removed
     * @throws BusyException   if one of them is still at something; all is as before, and it can be tried again
     * @throws RoutesException if the new ones do not start; the old ones run again
     */
    Set<String> replace(Map<String, RouteText> old, Map<String, RouteText> young, Settings before, Settings after) throws BusyException,
            RoutesException, InterruptedException {
        Plan plan = Plan.of(old, young);
        Collection<RoutesBuilder> parsed = parse(after);
        Map<String, Consumer> suspended = new LinkedHashMap<>();
        List<String> gates = Stream.concat(plan.gates().stream(), plan.ingestGates().stream()).toList();
        try {
            for (String id : plan.suspended()) {
                if (id.equals(INGEST)) {
                    close(plan, plan.gates(), MOST_WAIT);
                }
                suspend(id, suspended);
                // Ingest does not stand still for others.
                spool.leave(id.equals(INGEST));
                reconcile.leave(!id.equals(INGEST));
                await(id, List.of(id), MOST_WAIT);
                leaveNothing();
            }
            close(plan, plan.gates(), MOST_WAIT);
            close(plan, plan.ingestGates(), MOST_PAUSE);
            await(null, plan.changed(), MOST_PAUSE);
            suspended.keySet().removeAll(plan.changed());
            inForce.exchange(() -> exchange(plan.changed(), parsed, before, after));
            return plan.changed();
        } finally {
            leaveNothing();
            suspended.values().forEach(ServiceHelper::resumeService);
            gate.open(gates);
        }
    }

    private void leaveNothing() {
        spool.leave(false);
        reconcile.leave(false);
    }

    private void suspend(String id, Map<String, Consumer> suspended) {
        Route route = context.getRoute(id);
        if (route != null && route.getConsumer() != null) {
            suspended.put(id, route.getConsumer());
            ServiceHelper.suspendService(route.getConsumer());
        }
    }

    private void close(Plan plan, List<String> gates, Duration most) throws BusyException, InterruptedException {
        if (!gate.close(gates, most)) {
            throw new BusyException("what calls " + plan.changed().iterator().next() + " is not done");
        }
    }

    /** Waits until nothing is in some routes. */
    private void await(String begins, Collection<String> ids, Duration most) throws BusyException {
        long until = System.nanoTime() + most.toNanos();
        BooleanSupplier busy = () -> ids.stream().anyMatch(id -> context.getInflightRepository().size(id) > 0);
        while (busy.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new BusyException("the route " + (begins != null ? begins : ids.stream().filter(id -> context.getInflightRepository().size(id) > 0)
                        .findFirst().orElse("")) + " is at something that takes longer");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private Collection<RoutesBuilder> parse(Settings settings) throws RoutesException {
        try {
            return camel.parse(settings);
        } catch (Exception e) {
            throw RoutesException.of(e, context, settings.files());
        }
    }

    private void exchange(Set<String> changed, Collection<RoutesBuilder> parsed, Settings before, Settings after) throws RoutesException {
        try {
            exchange(changed, parsed, after);
        } catch (Exception e) {
            RoutesException failure = RoutesException.of(e, context, after.files());
            try {
                exchange(changed, camel.parse(before), before);
            } catch (Exception again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    private void exchange(Set<String> changed, Collection<RoutesBuilder> parsed, Settings settings) throws Exception {
        for (String id : changed) {
            RouteDefinition old = context.getRouteDefinition(id);
            if (old != null) {
                context.removeRouteDefinition(old);
            }
        }
        context.removeRouteTemplateDefinitions("*");
        for (RouteConfigurationDefinition old : List.copyOf(context.getRouteConfigurationDefinitions())) {
            context.removeRouteConfiguration(old);
        }
        camel.add(parsed, settings, route -> changed.contains(route.getRouteId()));
    }

    /** A route that is to be replaced is still at something. */
    static final class BusyException extends Exception {
        private static final long serialVersionUID = 1L;

        BusyException(String what) {
            super(what);
        }
    }
}
