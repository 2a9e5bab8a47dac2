package com.acme.shop;

public interface SessionService {

	Session start(String user);

	Session touch(Session session);

}
