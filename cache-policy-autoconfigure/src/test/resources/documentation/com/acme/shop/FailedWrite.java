package com.acme.shop;

public record FailedWrite(String cache, Object key, Throwable reason) {

}
