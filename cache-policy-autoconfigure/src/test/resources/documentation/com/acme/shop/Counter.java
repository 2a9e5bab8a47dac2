package com.acme.shop;

public class Counter {

	public Counter(String id) {
	}

	public String getId() {
		return "";
	}

	public void add(long amount) {
	}

}
