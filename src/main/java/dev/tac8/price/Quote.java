package dev.tac8.price;

import java.math.BigDecimal;

/**
 * What a call costs, or why nobody knows.
 *
 * @param dollars by list price, to 12 decimals; null if a price is missing
 * @param why     what is missing, a part of a sentence such as {@code no price for the model x}; null if nothing is
 * @param by      the line of the book that says so; null if a price is missing
 */
public record Quote(BigDecimal dollars, String why, Price by) {
    static Quote missing(String why) {
        return new Quote(null, why, null);
    }
}
