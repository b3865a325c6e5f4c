/**
 * Files and folders in places where other users may write, opened by handle and never through a link; disks that hang, locks,
 * and what outlives a power cut.
 */
package dev.tac8.files;
