package com.acme.shop;

import java.time.Instant;
import java.util.UUID;

public class Session {

	private final String id = UUID.randomUUID().toString();

	public Session(String user) {
	}

	public String getId() {
		return this.id;
	}

	public void touch(Instant now) {
	}

}
