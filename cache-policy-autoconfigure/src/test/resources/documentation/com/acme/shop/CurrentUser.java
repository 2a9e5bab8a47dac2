package com.acme.shop;

public final class CurrentUser {

	public static final ThreadLocal<String> THREAD_LOCAL = new ThreadLocal<>();

	private CurrentUser() {
	}

}
