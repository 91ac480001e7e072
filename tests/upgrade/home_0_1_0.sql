BEGIN TRANSACTION;
CREATE TABLE account (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	display VARCHAR(200) NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	password VARCHAR(200), 
	active BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (id), 
	CONSTRAINT uq_account_key UNIQUE ("key")
);
INSERT INTO "account" VALUES('01a20975-3d4b-76d7-8727-421677cd019e','grower','grower','示例果农01（合成）','grower',NULL,1,'2026-09-21 06:00:00.000000');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE audit (
	id VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	on_behalf_of JSON NOT NULL, 
	action VARCHAR(64) NOT NULL, 
	subject VARCHAR(400) NOT NULL, 
	counts JSON NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE TABLE boundary (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	level VARCHAR(32) NOT NULL, 
	geometry BLOB NOT NULL, 
	x0 DOUBLE NOT NULL, 
	y0 DOUBLE NOT NULL, 
	x1 DOUBLE NOT NULL, 
	y1 DOUBLE NOT NULL, 
	CONSTRAINT pk_boundary PRIMARY KEY (id)
);
INSERT INTO "boundary" VALUES('b1','橙溪镇','township',X'010300000001000000050000006666666666465B400000000000003E406666666666465B409A99999999193E400000000000405B409A99999999193E400000000000405B400000000000003E406666666666465B400000000000003E40',109.0,30.0,109.1,30.1);
CREATE TABLE failure (
	id VARCHAR(64) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_failure PRIMARY KEY (id)
);
CREATE TABLE farm (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	owner VARCHAR(64), 
	CONSTRAINT pk_farm PRIMARY KEY (id), 
	CONSTRAINT fk_farm_owner_account FOREIGN KEY(owner) REFERENCES account (id) ON DELETE SET NULL
);
INSERT INTO "farm" VALUES('f1','示例果园','01a20975-3d4b-76d7-8727-421677cd019e');
CREATE TABLE grant (
	id VARCHAR(64) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	farm VARCHAR(64), 
	township VARCHAR(200), 
	kind VARCHAR(16) NOT NULL, 
	given_by VARCHAR(64) NOT NULL, 
	given DATETIME NOT NULL, 
	until DATETIME, 
	withdrawn DATETIME, 
	CONSTRAINT pk_grant PRIMARY KEY (id), 
	CONSTRAINT fk_grant_account_account FOREIGN KEY(account) REFERENCES account (id) ON DELETE CASCADE, 
	CONSTRAINT fk_grant_farm_farm FOREIGN KEY(farm) REFERENCES farm (id) ON DELETE CASCADE
);
CREATE TABLE job (
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	arguments JSON NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	note TEXT NOT NULL, 
	result JSON, 
	error TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	CONSTRAINT pk_job PRIMARY KEY (id)
);
INSERT INTO "job" VALUES('01a20975-3d61-7c22-b4c1-d81d2af61a24','run','{}','queued',0,0,'','null','','2026-09-21 06:00:00.000000','2026-09-21 06:00:00.000000');
CREATE TABLE link (
	digest VARCHAR(64) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	used DATETIME, 
	CONSTRAINT pk_link PRIMARY KEY (digest), 
	CONSTRAINT fk_link_account_account FOREIGN KEY(account) REFERENCES account (id) ON DELETE CASCADE
);
CREATE TABLE outlook (
	run VARCHAR(64) NOT NULL, 
	plot VARCHAR(64) NOT NULL, 
	bud_bbch INTEGER, 
	fruit_bbch INTEGER, 
	bloom_p10 DATE, 
	bloom_p50 DATE, 
	bloom_p90 DATE, 
	diameter_p10 DOUBLE, 
	diameter_p50 DOUBLE, 
	diameter_p90 DOUBLE, 
	expansion_p10 DOUBLE, 
	expansion_p50 DOUBLE, 
	expansion_p90 DOUBLE, 
	diameter30_p10 DOUBLE, 
	diameter30_p50 DOUBLE, 
	diameter30_p90 DOUBLE, 
	tss_p10 DOUBLE, 
	tss_p50 DOUBLE, 
	tss_p90 DOUBLE, 
	ta_p10 DOUBLE, 
	ta_p50 DOUBLE, 
	ta_p90 DOUBLE, 
	ratio_p10 DOUBLE, 
	ratio_p50 DOUBLE, 
	ratio_p90 DOUBLE, 
	tss30_p10 DOUBLE, 
	tss30_p50 DOUBLE, 
	tss30_p90 DOUBLE, 
	ripe_p10 DATE, 
	ripe_p50 DATE, 
	ripe_p90 DATE, 
	delay_p10 DOUBLE, 
	delay_p50 DOUBLE, 
	delay_p90 DOUBLE, 
	delay_elevation DOUBLE, 
	delay_sun DOUBLE, 
	delay_cold DOUBLE, 
	evidence VARCHAR(32), 
	missing_days INTEGER, 
	CONSTRAINT pk_outlook PRIMARY KEY (run, plot), 
	CONSTRAINT fk_outlook_plot_plot FOREIGN KEY(plot) REFERENCES plot (id) ON DELETE CASCADE, 
	CONSTRAINT fk_outlook_run_run FOREIGN KEY(run) REFERENCES run (id) ON DELETE CASCADE
);
INSERT INTO "outlook" VALUES('01a20975-3d67-761c-a2a7-3bd583011fa9','p1',NULL,NULL,NULL,'2026-04-14',NULL,NULL,69.2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'none',NULL);
CREATE TABLE plot (
	id VARCHAR(64) NOT NULL, 
	farm VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	geometry BLOB NOT NULL, 
	x0 DOUBLE NOT NULL, 
	y0 DOUBLE NOT NULL, 
	x1 DOUBLE NOT NULL, 
	y1 DOUBLE NOT NULL, 
	area DOUBLE NOT NULL, 
	cultivar VARCHAR(64), 
	planted INTEGER, 
	row_spacing DOUBLE, 
	tree_spacing DOUBLE, 
	soil_depth DOUBLE, 
	township VARCHAR(200), 
	elevation DOUBLE, 
	slope DOUBLE, 
	aspect DOUBLE, 
	sky_view DOUBLE, 
	height_above_valley DOUBLE, 
	assumed VARCHAR(400) NOT NULL, 
	source TEXT NOT NULL, 
	synthetic BOOLEAN NOT NULL, 
	CONSTRAINT pk_plot PRIMARY KEY (id), 
	CONSTRAINT fk_plot_farm_farm FOREIGN KEY(farm) REFERENCES farm (id) ON DELETE CASCADE, 
	CONSTRAINT uq_plot_farm_name UNIQUE (farm, name)
);
INSERT INTO "plot" VALUES('p1','f1','东坡1号',X'01030000000100000005000000713D0AD7A3405B400000000000003E40713D0AD7A3405B40C3F5285C8F023E400000000000405B40C3F5285C8F023E400000000000405B400000000000003E40713D0AD7A3405B400000000000003E40',109.0,30.0,109.01,30.01,1060000.0,'navel',2012,4.0,3.0,NULL,NULL,310.0,NULL,NULL,NULL,NULL,'','',0);
CREATE TABLE raster (
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	time DATETIME, 
	path VARCHAR(400) NOT NULL, 
	crs TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	source TEXT NOT NULL, 
	CONSTRAINT pk_raster PRIMARY KEY (id), 
	CONSTRAINT uq_raster_path UNIQUE (path)
);
CREATE TABLE region (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	crs TEXT NOT NULL, 
	timezone VARCHAR(64) NOT NULL, 
	synthetic BOOLEAN NOT NULL, 
	CONSTRAINT pk_region PRIMARY KEY (id)
);
INSERT INTO "region" VALUES('r1','云谷县（合成示例）','EPSG:32649','Asia/Shanghai',1);
CREATE TABLE run (
	id VARCHAR(64) NOT NULL, 
	date DATE NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	started DATETIME NOT NULL, 
	finished DATETIME, 
	code_version VARCHAR(64) NOT NULL, 
	members INTEGER NOT NULL, 
	counts JSON NOT NULL, 
	warnings JSON NOT NULL, 
	CONSTRAINT pk_run PRIMARY KEY (id)
);
INSERT INTO "run" VALUES('01a20975-3d67-761c-a2a7-3bd583011fa9','2026-09-20','finished','2026-09-21 06:00:00.000000','2026-09-21 06:00:00.000000','',2,'{"plots": 1}','[]');
CREATE TABLE series (
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	station VARCHAR(64), 
	run VARCHAR(64), 
	resolution VARCHAR(16), 
	start VARCHAR(32), 
	"end" VARCHAR(32), 
	rows INTEGER NOT NULL, 
	path VARCHAR(400) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	source TEXT NOT NULL, 
	synthetic BOOLEAN NOT NULL, 
	CONSTRAINT pk_series PRIMARY KEY (id), 
	CONSTRAINT fk_series_run_run FOREIGN KEY(run) REFERENCES run (id) ON DELETE CASCADE, 
	CONSTRAINT fk_series_station_station FOREIGN KEY(station) REFERENCES station (id) ON DELETE CASCADE, 
	CONSTRAINT uq_series_kind_run UNIQUE (kind, run), 
	CONSTRAINT uq_series_kind_station_resolution UNIQUE (kind, station, resolution), 
	CONSTRAINT uq_series_path UNIQUE (path)
);
INSERT INTO "series" VALUES('01a20975-3da9-7846-8d77-b9b3408ae85f','sites',NULL,'01a20975-3d67-761c-a2a7-3bd583011fa9',NULL,NULL,NULL,1,'forecasts/outlook-2026-09-20-sites-01a209753d8e7ebc881d045c384f67da.parquet','b7cdd211f97f14a4caecad43fa39e35e66aa2a0cf93e32607ed334c08df392bf','run',1);
INSERT INTO "series" VALUES('01a20975-3daf-706a-87b4-89c7545c568d','weights',NULL,'01a20975-3d67-761c-a2a7-3bd583011fa9',NULL,NULL,NULL,1,'forecasts/outlook-2026-09-20-weights-01a209753d9e7c93a283021a82b6e1d3.parquet','b7cdd211f97f14a4caecad43fa39e35e66aa2a0cf93e32607ed334c08df392bf','run',1);
CREATE TABLE session (
	digest VARCHAR(64) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	label VARCHAR(200) NOT NULL, 
	scopes JSON NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (digest), 
	CONSTRAINT fk_session_account_account FOREIGN KEY(account) REFERENCES account (id) ON DELETE CASCADE
);
CREATE TABLE setting (
	name VARCHAR(64) NOT NULL, 
	value JSON NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY (name)
);
CREATE TABLE station (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	longitude DOUBLE NOT NULL, 
	latitude DOUBLE NOT NULL, 
	elevation DOUBLE NOT NULL, 
	source TEXT NOT NULL, 
	synthetic BOOLEAN NOT NULL, 
	CONSTRAINT pk_station PRIMARY KEY (id)
);
INSERT INTO "station" VALUES('s1','河谷示例站',109.0,30.0,199.0,'',1);
CREATE TABLE weather_forecast (
	id VARCHAR(64) NOT NULL, 
	station VARCHAR(64) NOT NULL, 
	resolution VARCHAR(16) NOT NULL, 
	issued DATETIME NOT NULL, 
	day DATE NOT NULL, 
	members INTEGER NOT NULL, 
	start VARCHAR(32) NOT NULL, 
	"end" VARCHAR(32) NOT NULL, 
	path VARCHAR(400) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	source TEXT NOT NULL, 
	synthetic BOOLEAN NOT NULL, 
	CONSTRAINT pk_weather_forecast PRIMARY KEY (id), 
	CONSTRAINT fk_weather_forecast_station_station FOREIGN KEY(station) REFERENCES station (id) ON DELETE CASCADE, 
	CONSTRAINT uq_weather_forecast_path UNIQUE (path), 
	CONSTRAINT uq_weather_forecast_station_resolution_issued UNIQUE (station, resolution, issued)
);
CREATE INDEX ix_audit_account ON audit (account);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_boundary_level_name ON boundary (level, name);
CREATE INDEX ix_failure_address ON failure (address);
CREATE INDEX ix_failure_at ON failure (at);
CREATE INDEX ix_failure_key ON failure ("key");
CREATE INDEX ix_job_created ON job (created);
CREATE INDEX ix_job_state ON job (state);
CREATE INDEX ix_raster_kind_time ON raster (kind, time);
CREATE INDEX ix_run_state_date ON run (state, date);
CREATE INDEX ix_farm_name ON farm (name);
CREATE INDEX ix_farm_owner ON farm (owner);
CREATE INDEX ix_link_account ON link (account);
CREATE INDEX ix_series_run ON series (run);
CREATE INDEX ix_series_station ON series (station);
CREATE INDEX ix_session_account ON session (account);
CREATE INDEX ix_session_expires ON session (expires);
CREATE INDEX ix_weather_forecast_station ON weather_forecast (station);
CREATE INDEX ix_grant_account ON grant (account);
CREATE INDEX ix_grant_farm ON grant (farm);
CREATE INDEX ix_plot_bbox ON plot (x0, x1, y0, y1);
CREATE INDEX ix_plot_farm ON plot (farm);
CREATE INDEX ix_plot_name ON plot (name);
CREATE INDEX ix_plot_township ON plot (township);
CREATE INDEX ix_outlook_plot ON outlook (plot);
COMMIT;
