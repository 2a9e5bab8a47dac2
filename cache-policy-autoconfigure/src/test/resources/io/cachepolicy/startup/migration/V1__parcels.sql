create table parcel (id bigint primary key, label varchar(255));
