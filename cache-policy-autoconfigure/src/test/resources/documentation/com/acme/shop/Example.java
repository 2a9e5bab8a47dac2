package com.acme.shop;

import java.math.BigDecimal;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.test.CachePolicyTester;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the fragments of the documentation use.
 */
public abstract class Example {

	protected static final Logger logger = LoggerFactory.getLogger(Example.class);

	protected ProductRepository products;

	protected ProductService service;

	protected SessionRepository sessions;

	protected PolicyCacheManager manager;

	protected CachePolicyTester caches;

	protected Product product;

	protected String id = "";

	protected Stream<Product> rows;

}
