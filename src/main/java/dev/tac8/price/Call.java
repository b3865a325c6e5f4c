package dev.tac8.price;

import java.time.LocalDate;
import java.util.Set;

/**
 * A call to be priced.
 *
 * @param model          as the call names it
 * @param day            its day in UTC
 * @param tokens         its tokens
 * @param largestRequest what its largest single request sent, if its tokens are the sum of several requests; 0 if they are one request
 * @param webSearches    how often it searched the web
 * @param terms          what multiplies its price
 */
public record Call(String model, LocalDate day, Tokens tokens, long largestRequest, long webSearches, Set<Terms> terms) {
    /** A call of one request without anything special. */
    public Call(String model, LocalDate day, Tokens tokens) {
        this(model, day, tokens, 0, 0, Set.of());
    }
}
