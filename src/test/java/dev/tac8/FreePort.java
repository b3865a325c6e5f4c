package dev.tac8;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A port for a server that a test starts, and starts again: until the test's process ends nobody else is given it. */
public final class FreePort {
    /** No browser connects to some below. */
    private static final int FIRST = 11_000;
    /** From here on the kernel gives ports to whoever asks for any, and to whoever connects. */
    private static final int AFTER = 32_768;
    /** The port of the same number of the other protocol says to other tests that this one is taken. */
    private static final List<DatagramSocket> TAKEN = new ArrayList<>();

    private FreePort() {
    }

    /** Takes one. */
    public static synchronized int take() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, AFTER);
            try (ServerSocket free = new ServerSocket(port)) {
                TAKEN.add(new DatagramSocket(free.getLocalPort()));
                return port;
            } catch (BindException e) {
                // Somebody has it.
            }
        }
    }
}
