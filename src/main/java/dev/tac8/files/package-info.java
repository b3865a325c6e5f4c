/**
 * Files and folders in places where other users may write: opened by handle, never through a link,
 * and checked once open.
 */
package dev.tac8.files;
