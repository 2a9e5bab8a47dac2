insert into parcel (id, label) values (9, 'seeded');
