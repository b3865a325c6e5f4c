package dev.tac8.conversation;

import dev.tac8.text.Printable;

/** There is no conversation to show. The message is one sentence, fit for a terminal. */
public final class NoConversationException extends Exception {
    private static final long serialVersionUID = 1L;

    NoConversationException(String message) {
        super(Printable.of(message));
    }
}
