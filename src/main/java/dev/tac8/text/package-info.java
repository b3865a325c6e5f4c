/** Words and numbers for people and programs: printable text, widths, JSON, pages. */
package dev.tac8.text;
