/** The settings, and the only code that reads them. */
package dev.tac8.settings;
