package com.acme.shop;

public class Owner {

}
