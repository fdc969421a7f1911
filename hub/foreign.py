"""Know the names of Home Assistant's integrations: none of them is a misspelling of one of ours."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_NEAR = 0.8
_CUSTOM = "custom_components"


@cache
def names() -> frozenset[str]:
    """Return the names of all that Home Assistant has or once had, and of some that people add to it."""
    return frozenset(_NAMES.split())


def misspelt(name: str, offered: Iterable[str], folder: Path | None) -> str | None:
    """Return the name among `offered` that somebody meant who wrote `name`; None if it can be one of its own.

    `folder` is the configuration's: what it has under `custom_components/` is no misspelling.
    """
    known = list(offered)
    near = difflib.get_close_matches(name, known, 1, _NEAR)
    if not near or name in names() or _is_made_of(name, known):
        return None
    if folder is not None and (folder / _CUSTOM / name).is_dir():
        return None
    return near[0]


def _is_made_of(name: str, known: Iterable[str]) -> bool:
    """Tell whether a name has a known one among its words, as `generic_thermostat_pid` has."""
    return any(f"_{other}_" in f"_{name}_" for other in known)


READ_AGAIN = frozenset(
    [
        *("automation", "bayesian", "command_line", "derivative", "filter", "generic_thermostat", "group"),
        *("history_stats", "input_boolean", "input_button", "input_datetime", "input_number", "input_select"),
        *("input_text", "min_max", "mqtt", "person", "rest", "scene", "schedule", "script", "statistics"),
        *("template", "timer", "trend", "zone"),
    ]
)
"""The integrations that have a service `reload` there."""

_NAMES = """
3_day_blinds abode acaia accuweather acer_projector acmeda acomax actiontec actron_air adaptive_lighting
adax adguard ads advantage_air aemet aep_ohio aep_texas aftership agent_dvr ai_task air_quality airgradient
airly airnow airobot airos airpatrol airq airthings airthings_ble airtouch4 airtouch5 airvisual
airvisual_pro airzone airzone_cloud aladdin_connect alarm_control_panel alarmdecoder alarmdotcom alert alexa
alexa_devices alexa_media almond alpha_vantage altruist amazon_polly ambee amberelectric ambiclimate
ambient_network ambient_station amcrest amp_motorization ampio analytics analytics_insights
android_ip_webcam androidtv androidtv_remote anel_pwrctrl anglian_water anniversary anova anthemav anthropic
anwb_energie aosmith apache_kafka apcupsd api api_streams apiai apns apollo_automation appalachianpower
apple_tv application_credentials apprise aprilaire aprs aps apsystems aquacell aqualogic aquostv aranet
arcam_fmj arduino arest arlo arris_tg2492lg artsound aruba arve arwn aseko_pool_live assist_pipeline
assist_satellite asterisk_cdr asterisk_mbox asuswrt atag aten_pe atlanticcityelectric atome august
august_ble aurora aurora_abb_powerone aussie_broadband autarco auth automatic automation avea average avion
avri awair aws aws_lambda aws_s3 aws_sns aws_sqs axis azure_data_explorer azure_devops azure_event_hub
azure_service_bus azure_storage backblaze_b2 backup baf baidu balay balboa bang_olufsen bauknecht bayesian
bbb_gpio bbox beewi_smartclim bge bh1750 binary_sensor bitcoin bizkaibus blackbird blebox blink
blinksticklight blinkt bliss_automation bloc_blinds blockchain bloomsky blue_current bluemaestro blueprint
bluesound bluetooth bluetooth_adapters bluetooth_le_tracker bluetooth_tracker bme280 bme680 bmp280
bmw_connected_drive bom bond bosch_alarm bosch_shc brandt braviatv brel_home bring broadlink brother
brottsplatskartan browse_media browser browser_mod brunt bryant_evolution bsblan bswitch bt_home_hub_5
bt_smarthub bthome bticino bubendorff buienradar burbank_water_and_power button caldav calendar
cambridge_audio camera canary cast ccm15 cert_expiry chacon_dio channels circuit cisco_ios
cisco_mobility_express cisco_webex_teams ciscospark citybikes clementine clickatell clicksend clicksend_tts
climacell climate cloud cloudflare cloudflare_r2 cmus co2signal coautilities coinbase coinmarketcap
color_extractor comed comed_hourly_pricing comelit comfoconnect command_line compensation compit concord232
coned config config_entry config_flow configurator const constructa control4 conversation cookidoo
coolmaster coronavirus cosori counter cover cozytouch cppm_tracker cpuspeed cribl crimereports crownstone
cups currencylayer cync dacia daikin danfoss_air darksky datadog date datetime ddwrt deako debugpy deconz
decora decora_wifi decorquip default_config delijn delmarva deluge demo denon denonavr derivative
deutsche_bahn devialet device_action device_automation device_condition device_sun_light_trigger
device_tracker device_trigger devolo_home_control devolo_home_network dexcom dhcp dht diagnostics dialogflow
diaz digital_loggers digital_ocean digitalloggers directv discogs discord discovergy discovery
dlib_face_detect dlib_face_identify dlink dlna_dmr dlna_dms dnsip dominos doods doorbird dooya
dormakaba_dkey dovado downloader dremel_3d_printer drop_connect droplet dsmr dsmr_reader dte_energy_bridge
dublin_bus_transport duckdns duke_energy dunehd duotecno duquesne_light dwd_weather_warnings dweet dynalite
dyson eafm eastron easyenergy ebox ebusd ecoal_boiler ecobee ecoforest econet ecovacs ecowitt
eddystone_temperature edimax edl21 edp_redy ee_brightbox efergy egardia egauge eheimdigital eight_sleep
ekeybionyx electrasmart electric_kiwi elevenlabs elgato eliqonline elkm1 elmax elv elvia emby emoncms
emoncms_history emonitor emulated_hue emulated_kasa emulated_roku energenie_power_sockets energie_vanons
energy energyid energyzero enigma2 enmax enocean enphase_envoy entity entur_public_transport
environment_canada envirophat envisalink ephember epic_games_store epion epson epsonworkforce eq3btsmart
errors escea esera_onewire esphome essent etherscan eufy eufylife_ble event evergy everlights
evil_genius_labs evohome export ezviz faa_delays facebook facebox fail2ban familyhub fan fastdotcom fedex
feedreader ffmpeg ffmpeg_motion ffmpeg_noise fibaro fido file file_upload filesize filter fing fints fire_tv
firefly_iii fireservicerota firetv firmata fish_audio fitbit fivem fixer fjaraskupan fleetgo flexit
flexit_bacnet flexom flic flick_electric flipr flo flock flume flunearyou fluss flux flux_led folder
folder_watcher fontawesome foobot forecast_solar forked_daapd fortigate fortios foscam foursquare frankever
free_mobile freebox freedns freedompro fressnapf_tracker frigate fritz fritzbox fritzbox_callmonitor
fritzbox_netmonitor fritzdect fronius frontend frontier_silicon fujitsu_anywair fujitsu_fglair fully_kiosk
futurenow fyta gaggenau garadget garages_amsterdam gardena_bluetooth garmin_connect gaviota gc100 gdacs
gearbest geizhals generic generic_hygrostat generic_thermostat geniushub gentex_homelink geo_json_events
geo_location geo_rss_events geocaching geofency geonetnz_quakes geonetnz_volcano gios github gitlab_ci
gitter glances gntp go2rtc goalfeed goalzero gogogate2 goodwe google google_air_quality google_assistant
google_assistant_sdk google_cloud google_domains google_drive google_generative_ai_conversation google_mail
google_maps google_photos google_pubsub google_sheets google_tasks google_translate google_travel_time
google_weather google_wifi govee_ble govee_light_local gpmdp gpsd gpslogger graphite gree
green_planet_energy greeneye_monitor greenwave griddy group growatt_server gstreamer gtfs gtt guardian
habitica hacs hangouts hanna hardkernel hardware harman_kardon_avr harmony harvey hassio havana_shade
haveibeenpwned hddtemp hdfury hdmi_cec heatmiser heicko heiwa helper helpers heos here_travel_time hexaom
hi_kumo hikvision hikvisioncam hipchat hisense_aehw4a1 history history_graph history_stats hitron_coda hive
hko hlk_sw16 holiday home_connect home_plus_control homeassistant homeassistant_alerts
homeassistant_connect_zbt2 homeassistant_green homeassistant_hardware homeassistant_sky_connect
homeassistant_yellow homee homekit homekit_controller homematic homematicip_cloud homewizard homeworks
honeywell hook horizon hp_ilo html5 http htu21d huawei_lte huawei_router hue hue_ble huisbaasje humidifier
hunterdouglas_powerview hurrican_shutters_wholesale husqvarna_automower husqvarna_automower_ble huum
hvv_departures hydrawise hydroquebec hyperion ialarm iammeter iaqualink ibeacon icloud idasen_desk
idteck_prox ifttt iglo igloohome ign_sismologia ihc image image_processing image_upload imap
imap_email_content imeon_inverter img_util imgw_pib immich improv_ble incomfort indianamichiganpower inels
influxdb inkbird input_boolean input_button input_datetime input_number input_select input_slider input_text
inspired_shades instapush insteon insteon_local insteon_plm integration intellifire intent intent_script
intesishome introduction iometer ios iota iotawatt iotty iperf3 ipma ipp iqvia irish_rail_transport irm_kmi
iron_os isal iskra islamic_prayer_times ismartwindow israel_rail iss ista_ecotrend isy994 itach itunes
ituran izone jellyfin jewish_calendar joaoapps_join juicenet justnimbus jvc_projector kaiser_nienhaus
kaiterra kaleidescape kankun keba keenetic_ndms2 kef kegtron kentuckypower keyboard keyboard_remote
keymitt_ble kira kitchen_sink kiwi kmtronic knocki knx kodi konnected konnected_esphome kostal_plenticore
kraken krispol kulersky kwb labs lacrosse lacrosse_view lamarzocco lametric landisgyr_heat_meter lannouncer
lastfm launch_library laundrify lawn_mower lcn ld2410_ble leaone led_ble legacy legrand lektrico letpot
levoit lg_netcast lg_soundbar lg_thinq libre_hardware_monitor lidarr life360 lifx lifx_cloud lifx_legacy
light lightwave limitlessled linak linear_garage_door linkedgo linkplay linksys_ap linksys_smart linky
linode linux_battery linx lirc litejet litterrobot liveboxplaytv livisi llamalab_automate local_calendar
local_file local_ip local_todo locative lock lockitron logbook logentries logger logi_circle london_air
london_underground lookin loopenergy loqed lovelace lovelace_gen luci luftdaten lunatone lupusec lutron
lutron_caseta luxaflex lw12wifi lyft lyric madeco madvr magicseaweed mailbox mailgun manual manual_mqtt map
marantz martec marytts mastodon matrix matter maxcube maytag mazda mcp mcp23017 mcp_server mealie meater
medcom_ble media_extractor media_player media_source mediaroom melcloud melissa melnor meraki mercury_nz
message_bird met met_eireann meteo_france meteo_lt meteoalarm meteoclimatic metoffice mfi mhz19 microbees
microsoft microsoft_face microsoft_face_detect microsoft_face_identify miele miflora mijndomein_energie
mikrotik mill min_max minecraft_server mini_connected minio mitemp_bt mjpeg moat mobile_app mochad modbus
models modem_callerid modern_forms moehlenhoff_alpha2 mold_indicator monarch_money monessen monoprice monzo
moon mopar mopeka motion_blinds motionblinds_ble motioneye motionmount mpchc mpd mqtt mqtt_eventstream
mqtt_json mqtt_room mqtt_statestream mqtt_template msteams mullvad music_assistant mutesync mvglive my
mychevy mycroft myq mysensors mystrom mythicbeastsdns myuplink n26 nad nadtcp nam namecheapdns nanoleaf
nanoleaf_aurora nasweb national_grid_us neato nederlandse_spoorwegen neff nello neo ness_alarm nest netatmo
netatmo_public netdata netgear netgear_lte netio network neurio_energy nexia nexity nextbus nextcloud
nextdns nfandroidtv nibe_heatpump nice_go nightscout niko_home_control nilu nina nintendo_parental_controls
nissan_leaf nma nmap_tracker nmbs no_ip noaa_tides nobo_hub nordpool norway_air notify notify_events notion
nrgkick nsw_fuel_station nsw_rural_fire_service_feed ntfy nuheat nuimo_controller nuki numato number nut
nutrichef nws nx584 nyt_games nzbget oasa_telematics obihai octoprint oem ogemray ohmconnect ohme ollama
ombi omnilogic onboarding oncue ondilo_ico onedrive onewire onkyo onvif open_meteo open_router
openai_conversation openalpr_cloud openalpr_local opencv openerz openevse openexchangerates opengarage
openhardwaremonitor openhome openrgb opensensemap opensky opentherm_gw openuv openweathermap opnsense opower
opple oralb orangepi_gpio oru oru_opower orvibo osoenergy osramlightify otbr otp ourgroceries overkiz
overseerr ovo_energy owlet owntracks owntracks_http ozw p1_monitor palazzetti panasonic_bluray
panasonic_viera pandora panel_custom panel_iframe paperless_ngx pcal9535a pcs_lighting peblar peco
peco_opower pegel_online pencom pepco permobil persistent_notification person pge pglab philips_js
pi4ioe5v9xxxx pi_hole picnic picotts piglow pilight pinecil ping pioneer piper pitsos pjlink plaato plant
playstation_network plex plugwise plum_lightpad pocketcasts point pollen pooldose poolsense portainer
portlandgeneral postnl powercalc powerfox powerwall prana prefs prezzibenzina private_ble_device probe_plus
profiler profilo progettihwsw proliphix prometheus prosegur prowl proximity proxmoxve proxy prusalink ps4
pse psoklahoma pterodactyl ptvsd pulseaudio_loopback pure_energie purpleair push pushbullet pushetta
pushover pushsafer pvoutput pvpc_hourly_pricing pyload pyscript python_script qbittorrent qbus qingping
qld_bushfire qnap qnap_qsw qrcode quadrafire quantum_gateway qvr_pro qwikswitch rabbitair rachio radarr
radio_browser radiotherm rainbird raincloud rainforest_eagle rainforest_raven rainmachine random rapt_ble
raspberry_pi raspihats raspyrfm raven_rock_mfg rdw recollect_waste recorder recovery_mode recswitch reddit
refoss registry rehlko rejseplanen remember_the_milk remote remote_calendar remote_rpi_gpio renault renson
reolink repairs repetier reproduce_state rest rest_command rexel rflink rfxtrx rhasspy ridwell ring ripple
risco ritassist rituals_perfume_genie rmvtransport roborock rocketchat roku romy roomba roon route53
route_b_smart_meter rova rpi_camera rpi_gpio rpi_gpio_pwm rpi_pfio rpi_power rpi_rf rss_feed_template
rtorrent rtsp_to_webrtc ruckus_unleashed russound_rio russound_rnet ruuvi_gateway ruuvitag_ble rympro
ryobi_gdo sabnzbd safe_mode saj salt samsam samsungtv sanix satel_integra saunum scene schedule scheduler
schedy schlage schluter scl scrape screenaway screenlogic script scsgate search season select sendgrid sense
sensehat senseme sensibo sensirion_ble sensor sensorblue sensorpro sensorpush sensorpush_cloud sensoterra
sentry senz serial serial_pm sesame setup seven_segments seventeentrack sfr_box sftp_storage sharkiq
shell_command shelly shiftr shodan shopping_list sht31 sia siemens sigfox sighthound signal_messenger
significant_change simplefin simpleicons simplepush simplisafe simply_automated simu simulated sinch siren
sisyphus sky_hub sky_remote skybeacon skybell slack sleep_as_android sleepiq slide slide_local slimproto sma
smappee smarla smart_blinds smart_home smart_meter_texas smart_rollos smarthab smarther smartthings smarttub
smarty smhi smlight sms smtp smud snapcast snips snmp snoo snooz sochain socialblade solaredge
solaredge_local solarlog solax soma somfy somfy_mylink sonarr songpal sonos sony_projector soundtouch
spaceapi spc speedtest speedtestdotnet spider splunk spotcrime spotify sql squeezebox srp_energy ssdp
starline starlingbank starlink startca statistics statsd steam_online steamist stiebel_eltron stookalert
stookwijzer stream streamlabswater stride stt subaru suez_water sun sunricher_dali sunweg supervisord supla
surepetcare swepco swiss_hydrological_data swiss_public_transport swisscom switch switch_as_x switchbee
switchbot switchbot_cloud switcher_kis switchmate symfonisk syncthing syncthru synology synology_chat
synology_dsm synology_srm synologydsm syslog system_bridge system_health system_log systemmonitor sytadin
tado tag tahoma tailscale tailwind tami4 tank_utility tankerkoenig tapsaff tasmota tautulli tcp technove
ted5000 tedee teksavvy telegram telegram_bot tellduslive tellstick telnet telstra temper template tensorflow
tesla tesla_fleet tesla_wall_connector teslemetry tessie text tfiac thermador thermobeacon thermoplus
thermopro thermoworks_smoke thethingsnetwork thingspeak thinkingcleaner thomson thread threshold tibber
tikteck tile tilt_ble tilt_pi time time_date timer tmb tod todo todoist tof togrill tolo tomato tomorrowio
toon torque totalconnect touchline touchline_sl tplink tplink_lte tplink_omada tplink_tapo traccar
traccar_server trace trackr tractive tradfri trafikverket_camera trafikverket_ferry trafikverket_train
trafikverket_weatherstation transmission transport_nsw travisci trend trigger triggercmd tts tuya
twentemilieu twilio twilio_call twilio_sms twinkly twitch twitter ubee uber ubiwizz ublockout ubus
ue_smart_radio uhoo uk_transport ukraine_alarm ultraloq unifi unifi_direct unifiled unifiprotect universal
upb upc_connect upcloud update updater upnp uprise_smart_shades ups uptime uptime_kuma uptimerobot
usage_prediction usb uscis usgs_earthquakes_feed usps util utility_meter uvc v2c vacuum vagner_pool vallox
valve variable vasttrafik vegehub velbus velux venstar vera verisure vermont_castings versasense version
vesync viaggiatreno vicare victron_ble victron_remote_monitoring vilfo vivotek vizio vlc vlc_telnet
vodafone_station voicerss voip volkszaehler volumio volvo volvooncall vulcan vultr w800rf32 wake_on_lan
wake_word wallbox waqi water_heater waterfurnace watergate watson_iot watson_tts watts watttime
waze_travel_time weather weatherflow weatherflow_cloud weatherkit web_rtc webdav webhook weblink webmin
webostv webrtc websocket_api weheat wemo whirlpool whisper whois wiffi wilight wink wirelesstag withings wiz
wled wmspro wolflink workday worldclock worldtidesinfo worxlandroid ws66i wsdot wunderground wunderlist
wwlln wyoming x10 xbee xbox xbox_live xeoma xfinity xiaomi xiaomi_aqara xiaomi_ble xiaomi_miio xiaomi_tv
xiaomi_vacuum xmpp xs1 yahoo_finance yale yale_home yale_smart_alarm yalexs_ble yamaha yamaha_musiccast
yandex_transport yandextts yardian yeelight yeelightsunflower yessssms yi yolink youless youtube yr yweather
zabbix zamg zbox_hub zengge zeroconf zerproc zestimate zeversolar zha zhong_hong zigbee ziggo_mediabox_xl
zimi zodiac zondergas zone zoneminder zwave zwave_js zwave_me
"""
