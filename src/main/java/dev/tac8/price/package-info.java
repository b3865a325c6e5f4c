/** What calls cost by list price: the price book, which operators edit, and its arithmetic. */
package dev.tac8.price;
