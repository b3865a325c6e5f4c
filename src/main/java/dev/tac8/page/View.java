package dev.tac8.page;

import dev.tac8.store.StoreException;

/** One page of the page: what it asks, and how it is shown. */
interface View {
    /**
     * Answers a request.
     *
     * @throws IllegalArgumentException if it is asked wrongly, in words
     * @throws StoreException           if the stores cannot answer
     */
    Shown answer(Request request) throws StoreException;
}
