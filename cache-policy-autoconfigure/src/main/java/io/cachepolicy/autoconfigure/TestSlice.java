package io.cachepolicy.autoconfigure;

/**
 * Tells that the context is a slice of an application, for a test.
 */
final class TestSlice {

}
