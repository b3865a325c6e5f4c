package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** Computers of a test's own on one switch: network namespaces on a bridge, each with an address that this process reaches, and a cable that can be pulled. */
final class Network implements Closeable {
    private static final int SUBNETS = 250;
    /** What ip says where no network can be made. */
    private static final Pattern CANNOT = Pattern.compile("Operation not permitted|Cannot run program|Unknown device type|not supported");

    private final String name;
    private final String subnet;
    private final List<Computer> computers = new ArrayList<>();

    private Network(int number) {
        name = "t8x" + number;
        subnet = "10.213." + number;
    }

    /** Makes one; where none can be had, skips the test and prints why. */
    static Network open() {
        String problem = "";
        for (int i = 0; i < SUBNETS; i++) {
            Network network = new Network((int) ((ProcessHandle.current().pid() + i) % SUBNETS));
            problem = tryIp("link", "add", network.name, "type", "bridge");
            if (problem.isEmpty()) {
                Runtime.getRuntime().addShutdownHook(new Thread(network::close));
                ip("addr", "add", network.subnet + ".1/24", "dev", network.name);
                ip("link", "set", network.name, "up");
                return network;
            }
            if (CANNOT.matcher(problem).find()) {
                String sentence = "skipped, as networks can be made only by root, with ip: " + problem;
                System.out.println(sentence);
                Assumptions.abort(sentence);
            }
            // Another test has one of this name, or has left it behind.
        }
        throw new AssertionError("no network can be made: " + problem);
    }

    /** Puts another computer on it. */
    Computer computer() {
        int number = computers.size() + 2;
        Computer computer = new Computer(name + "n" + number, subnet + "." + number, name + "v" + number);
        computers.add(computer);
        ip("netns", "add", computer.namespace);
        ip("link", "add", computer.cable, "type", "veth", "peer", "name", "eth0", "netns", computer.namespace);
        ip("link", "set", computer.cable, "master", name, "up");
        ip("-n", computer.namespace, "addr", "add", computer.address + "/24", "dev", "eth0");
        ip("-n", computer.namespace, "link", "set", "eth0", "up");
        ip("-n", computer.namespace, "link", "set", "lo", "up");
        return computer;
    }

    @Override
    public synchronized void close() {
        computers.forEach(computer -> tryIp("netns", "del", computer.namespace));
        tryIp("link", "del", name);
        computers.clear();
    }

    private static void ip(String... args) {
        assertThat(tryIp(args)).as("ip %s", String.join(" ", args)).isEmpty();
    }

    private static String tryIp(String... args) {
        List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(args));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes());
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? "" : said + " ";
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** One of them. */
    record Computer(String namespace, String address, String cable) {
        /** What stands before the command line of a process that runs there. */
        List<String> runs() {
            return List.of("ip", "netns", "exec", namespace);
        }

        /** From now on nothing comes from it or gets to it; nobody is told. */
        void pullCable() {
            ip("link", "set", cable, "down");
        }

        void plugIn() {
            ip("link", "set", cable, "up");
        }
    }
}
