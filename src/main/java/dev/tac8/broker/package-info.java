/** The broker between files of records and the stores, for those who do not know its classes. */
package dev.tac8.broker;
