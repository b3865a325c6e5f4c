/**
 * The page: routes that begin at {@code platform-http:} ask it by {@code page:VIEW}. {@link dev.tac8.page.Pages} is the service's side;
 * {@link dev.tac8.page.PageProcess} is a process of its own, which asks the questions and makes the HTML.
 */
package dev.tac8.page;
